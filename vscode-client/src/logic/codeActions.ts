/** Code actions: the one of the server's that synthesizes where the cursor is. */

import type { Unavailable } from "./overview";

export interface OfferedAction {
  readonly disabled?: { readonly reason: string } | undefined;
  /** Holds the `code` of what is disabled. */
  readonly data?: unknown;
  readonly command?:
    { readonly command: string; readonly arguments?: readonly unknown[] | undefined } | undefined;
}

export type SynthesisChoice =
  | { readonly kind: "run"; readonly command: string; readonly argument: unknown }
  | { readonly kind: "disabled"; readonly reason: Unavailable }
  | { readonly kind: "no prose" };

/** The first one goes by the settings; where there is no prose, it is about the whole document. */
export function synthesisAction(actions: readonly OfferedAction[]): SynthesisChoice {
  const [first] = actions;
  if (first?.disabled) {
    return {
      kind: "disabled",
      reason: { code: codeIn(first.data), message: first.disabled.reason },
    };
  }
  if (first?.command && namesSections(first)) {
    return {
      kind: "run",
      command: first.command.command,
      argument: first.command.arguments?.[0],
    };
  }
  return { kind: "no prose" };
}

function codeIn(data: unknown): string {
  const code = typeof data === "object" && data !== null && "code" in data ? data.code : undefined;
  return typeof code === "string" ? code : "";
}

function namesSections(action: OfferedAction): boolean {
  const argument = action.command?.arguments?.[0];
  return typeof argument === "object" && argument !== null && "sections" in argument;
}
