/** Offering: a message with buttons, and what was wanted goes on once one of them has helped. */

import * as vscode from "vscode";
import type { Loudness } from "../logic/outcome";
import { withoutLinks } from "../logic/plainText";
import type { Button } from "../logic/remedies";

export const SHOW = {
  information: vscode.window.showInformationMessage,
  warning: vscode.window.showWarningMessage,
  error: vscode.window.showErrorMessage,
} as const;

/** Say something, run the command whose button is pressed, and `goOn` where it has helped. */
export async function offer(
  loudness: Exclude<Loudness, "status">,
  message: string,
  buttons: readonly Button[],
  goOn?: () => Promise<void>,
): Promise<void> {
  const labels = buttons.map(({ label }) => label);
  const chosen = await SHOW[loudness](withoutLinks(message), ...labels);
  const button = buttons.find(({ label }) => label === chosen);
  if (button) {
    await press(button, goOn);
  }
}

/** Run the command of a button, and `goOn` where it has helped. */
export async function press(button: Button, goOn?: () => Promise<void>): Promise<void> {
  const done = await vscode.commands.executeCommand(button.command, button.argument);
  if (done === true) {
    await goOn?.();
  }
}
