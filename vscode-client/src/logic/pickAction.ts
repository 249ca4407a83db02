/** Actions to pick from: what the server puts behind one entry of the lightbulb. */

export interface PickedAction {
  readonly title: string;
  readonly command: string;
  readonly arguments: readonly unknown[];
}

/** The actions in the argument of the command; none where there are none. */
export function actionsIn(argument: unknown): PickedAction[] {
  const actions: unknown =
    typeof argument === "object" && argument !== null && "actions" in argument
      ? argument.actions
      : undefined;
  return Array.isArray(actions) ? actions.filter(isAction) : [];
}

function isAction(action: unknown): action is PickedAction {
  return (
    typeof action === "object" &&
    action !== null &&
    "title" in action &&
    typeof action.title === "string" &&
    "command" in action &&
    typeof action.command === "string" &&
    // What a server names is no way to the other commands of the editor.
    action.command.startsWith("dlm.") &&
    "arguments" in action &&
    Array.isArray(action.arguments)
  );
}
