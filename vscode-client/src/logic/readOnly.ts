/** Read-only documents: what the editor's settings make of a file that extensions may still change. */

import { isRecord } from "./record";

/** Globs as the editor keeps them, each with whether it counts. */
export interface ReadOnlySettings {
  readonly include: unknown;
  readonly exclude: unknown;
  readonly fromPermissions: boolean;
}

/** Whether a document is read-only; `matches` says whether it is one of a glob. */
export function isReadOnly(
  { include, exclude, fromPermissions }: ReadOnlySettings,
  matches: (glob: string) => boolean,
  isWritable: boolean,
): boolean {
  if (counting(exclude).some(matches)) {
    return false;
  }
  return counting(include).some(matches) || (fromPermissions && !isWritable);
}

function counting(globs: unknown): string[] {
  return Object.entries(isRecord(globs) ? globs : {}).flatMap(([glob, counts]) =>
    counts === true ? [glob] : [],
  );
}
