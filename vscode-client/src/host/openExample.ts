/** The command that opens the example of the walkthrough. */

import * as vscode from "vscode";
import { ulid } from "../logic/ulid";
import { LANGUAGE } from "./documents";

/** Open a copy that is the user's own: with a name of its own, and saved wherever they like. */
export async function openExample(extension: vscode.Uri): Promise<void> {
  const source = vscode.Uri.joinPath(extension, "walkthrough", "example.dlm");
  const bytes = await vscode.workspace.fs.readFile(source);
  const content = new TextDecoder().decode(bytes).replace(/^dlm_id: .*$/m, () => {
    return `dlm_id: ${ulid(Date.now())}`;
  });
  const document = await vscode.workspace.openTextDocument({ language: LANGUAGE, content });
  await vscode.window.showTextDocument(document);
}
