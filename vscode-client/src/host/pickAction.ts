/** The command behind "Manage synthesized…": one of the actions is picked and done. */

import * as vscode from "vscode";
import { actionsIn } from "../logic/pickAction";

export async function pickAction(about: unknown, discard: (about: unknown) => unknown) {
  const items = actionsIn(about).map((action) => ({ label: action.title, action }));
  const picked = await vscode.window.showQuickPick(items, { title: "Manage synthesized" });
  if (!picked) {
    return;
  }
  const { command, arguments: args } = picked.action;
  // It asks first, and can be undone from where it says so.
  await (command === "dlm.synth.discard"
    ? discard(uriIn(args[0]))
    : vscode.commands.executeCommand(command, ...args));
}

function uriIn(argument: unknown): unknown {
  return typeof argument === "object" && argument !== null && "uri" in argument
    ? argument.uri
    : undefined;
}
