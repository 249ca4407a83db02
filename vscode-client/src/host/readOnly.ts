/** Read-only documents: an edit of an extension would be made in them, and be lost with the window. */

import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { posix } from "node:path";
import * as vscode from "vscode";
import type { ApplyWorkspaceEditParams } from "vscode-languageclient/node";
import { inOneLine, withoutLinks } from "../logic/plainText";
import { isReadOnly } from "../logic/readOnly";

/** A document of an edit that the user has as read-only. */
export async function readOnlyIn({
  edit,
}: ApplyWorkspaceEditParams): Promise<vscode.Uri | undefined> {
  const addresses = [
    ...Object.keys(edit.changes ?? {}),
    ...(edit.documentChanges ?? []).flatMap((change) =>
      "textDocument" in change ? [change.textDocument.uri] : [],
    ),
  ];
  for (const address of new Set(addresses)) {
    const uri = vscode.Uri.parse(address);
    if (uri.scheme === "file" && (await isSoByUser(uri))) {
      return uri;
    }
  }
  return undefined;
}

export function tellReadOnly(uri: vscode.Uri): void {
  const name = inOneLine(posix.basename(uri.path));
  void vscode.window.showWarningMessage(
    withoutLinks(`dlm: ${name} is read-only in this window: nothing is put into it or taken out.`),
  );
}

async function isSoByUser(uri: vscode.Uri): Promise<boolean> {
  const files = vscode.workspace.getConfiguration("files", uri);
  const settings = {
    include: files.get("readonlyInclude"),
    exclude: files.get("readonlyExclude"),
    fromPermissions: files.get<boolean>("readonlyFromPermissions") === true,
  };
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const document = await vscode.workspace.openTextDocument(uri);
  const matches = (glob: string) =>
    [glob, ...(folder ? [new vscode.RelativePattern(folder, glob)] : [])].some(
      (pattern) => vscode.languages.match({ pattern }, document) > 0,
    );
  const isWritable = await access(uri.fsPath, constants.W_OK).then(
    () => true,
    () => false,
  );
  return isReadOnly(settings, matches, isWritable);
}
