/** Entry point: so little that nothing else has to wait for it. */

import type * as vscode from "vscode";

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  // Commands wait until this is done; what else the editor starts goes first.
  await new Promise((resolve) => setImmediate(resolve));
  (await import("./main")).activate(context);
}

export async function deactivate(): Promise<void> {
  await (await import("./main")).deactivate();
}
