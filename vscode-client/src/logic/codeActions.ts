/** Which of the server's code actions synthesizes where the cursor is. */

export interface OfferedAction {
  readonly disabled?: { readonly reason: string } | undefined;
  readonly command?:
    { readonly command: string; readonly arguments?: readonly unknown[] | undefined } | undefined;
}

export type SynthesisChoice =
  | { readonly kind: "run"; readonly command: string; readonly argument: unknown }
  | { readonly kind: "disabled"; readonly reason: string }
  | { readonly kind: "no prose" };

/** The first one goes by the settings; its variants are offered only where there is prose. */
export function synthesisAction(actions: readonly OfferedAction[]): SynthesisChoice {
  const [first] = actions;
  if (first?.disabled) {
    return { kind: "disabled", reason: first.disabled.reason };
  }
  if (first?.command && actions.some(hasStrategy)) {
    return {
      kind: "run",
      command: first.command.command,
      argument: first.command.arguments?.[0],
    };
  }
  return { kind: "no prose" };
}

function hasStrategy(action: OfferedAction): boolean {
  const argument = action.command?.arguments?.[0];
  return typeof argument === "object" && argument !== null && "strategy" in argument;
}
