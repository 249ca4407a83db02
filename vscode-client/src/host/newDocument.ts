/** The command that makes a document: it asks where and of which base model, and runs `dlm init`. */

import { homedir } from "node:os";
import { posix } from "node:path";
import * as vscode from "vscode";
import { madeDocument, modelRows } from "../logic/newDocument";
import { inOneLine, withoutLinks } from "../logic/plainText";
import { runDlm } from "./runDlm";
import type { Server } from "./server";

const TITLE = "New Document";

export async function newDocument(server: Server): Promise<void> {
  if (!(await server.started())) {
    return;
  }
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const place = await vscode.window.showSaveDialog({
    title: TITLE,
    saveLabel: "Make",
    defaultUri: vscode.Uri.joinPath(folder, "notes.dlm"),
    filters: { "dlm documents": ["dlm"] },
  });
  const model =
    place &&
    (await vscode.window.showQuickPick(modelRows(), {
      title: `Base model of ${inOneLine(posix.basename(place.path))}`,
      placeHolder: "The model that is trained on it; it can be changed in the document",
      matchOnDescription: true,
      matchOnDetail: true,
      ignoreFocusOut: true,
    }));
  if (!place || !model) {
    return;
  }
  const args = ["init", "--json", "--base", model.label, "--", place.fsPath];
  const ended = await runDlm(server, args);
  if (!ended) {
    return;
  }
  const { path, error = ended.notes } = madeDocument(ended.output);
  if (path === undefined) {
    void vscode.window.showErrorMessage(withoutLinks(`dlm: ${inOneLine(error)}`));
    return;
  }
  const shown = await vscode.window.showTextDocument(vscode.Uri.file(path));
  const end = shown.document.lineAt(shown.document.lineCount - 1).range.end;
  shown.selection = new vscode.Selection(end, end);
}
