/** The document that a command is about where the user is in none: one that is open. */

import { posix } from "node:path";
import * as vscode from "vscode";
import { inOneLine } from "../logic/plainText";
import { ourDocuments } from "./documents";
import { offer } from "./offer";

/** Ask which, where there are several; say so where there is none. */
export async function pickOpenDocument(): Promise<string | undefined> {
  const documents = ourDocuments();
  const [only] = documents;
  if (!only) {
    const example = { label: "Open Example Document", command: "dlm.openExample" };
    void offer("information", "dlm: open a document first.", [example]);
    return undefined;
  }
  if (documents.length === 1) {
    return only.uri.toString();
  }
  const rows = documents.map(({ uri }) => ({
    label: inOneLine(posix.basename(uri.path)),
    description: inOneLine(vscode.workspace.asRelativePath(posix.dirname(uri.path))),
    address: uri.toString(),
  }));
  const picked = await vscode.window.showQuickPick(rows, { title: "Which document?" });
  return picked?.address;
}
