/** The command that makes a document: it asks where and of which base model, and runs `dlm init`. */

import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { posix } from "node:path";
import * as vscode from "vscode";
import { dlmCommand } from "../logic/commandLine";
import { serverEnvironment } from "../logic/environment";
import { madeDocument, modelRows } from "../logic/newDocument";
import { inOneLine, withoutLinks } from "../logic/plainText";
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
  const { launch } = server;
  if (!place || !model || !launch) {
    return;
  }
  const args = ["init", "--json", "--base", model.label, "--", place.fsPath];
  const { command, arguments: given } = dlmCommand(launch, args);
  const { output, problem } = await new Promise<{ output: string; problem: string }>((resolve) => {
    const env = serverEnvironment(process.env, {});
    execFile(command, given, { env, signal: server.ended }, (error, out, err) => {
      resolve({ output: out, problem: err.trim() || (error?.message ?? "") });
    });
  });
  const { path, error = problem } = madeDocument(output);
  if (path === undefined) {
    void vscode.window.showErrorMessage(withoutLinks(`dlm: ${inOneLine(error)}`));
    return;
  }
  const shown = await vscode.window.showTextDocument(vscode.Uri.file(path));
  const end = shown.document.lineAt(shown.document.lineCount - 1).range.end;
  shown.selection = new vscode.Selection(end, end);
}
