/** The document on disk as it is in the editor: that is what a command reads. */

import * as vscode from "vscode";
import { addressIn } from "./argument";
import type { Server } from "./server";

/** Save the document that a command is about; nothing where that cannot be, or without a server. */
export async function savedDocument(
  server: Server,
  about: unknown,
): Promise<vscode.Uri | undefined> {
  const address = addressIn(about);
  if (address === undefined) {
    void vscode.window.showWarningMessage("dlm: open a document first.");
    return undefined;
  }
  if (!(await server.started())) {
    return undefined;
  }
  const uri = vscode.Uri.parse(address);
  const document = await vscode.workspace.openTextDocument(uri);
  if (uri.scheme !== "file" || (document.isDirty && !(await document.save()))) {
    void vscode.window.showWarningMessage("dlm: save the document first.");
    return undefined;
  }
  return uri;
}
