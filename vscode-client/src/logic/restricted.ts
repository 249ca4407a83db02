/** The settings that a workspace cannot set before it is trusted, by their names under `dlm`. */
export const RESTRICTED = [
  "path",
  "interpreter",
  "teacher",
  "teacherOptions",
  "judge",
  "verify",
  "profile",
] as const;

/**
 * Settings with their restricted ones as `own` says.
 *
 * The editor keeps them from a workspace by their full names alone, and hands over what stands in
 * an object of that name.
 */
export function withoutOthers(settings: unknown, own: (name: string) => unknown): unknown {
  return {
    ...(typeof settings === "object" ? settings : {}),
    ...Object.fromEntries(RESTRICTED.map((name) => [name, own(name)])),
  };
}
