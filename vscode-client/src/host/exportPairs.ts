/** The command that exports pairs: it asks in which format and where to, and runs `dlm synth export`. */

import { posix } from "node:path";
import * as vscode from "vscode";
import { EXPORT_FORMATS } from "../logic/exportFormats";
import { inOneLine } from "../logic/plainText";
import { shownEditor } from "./documents";
import { offer } from "./offer";
import { runDlm } from "./runDlm";
import { savedDocument } from "./savedDocument";
import type { Server } from "./server";

const TITLE = "Export Pairs";

export async function exportPairs(server: Server, about: unknown): Promise<void> {
  const document = await savedDocument(server, about ?? shownEditor()?.document.uri);
  const format =
    document &&
    (await vscode.window.showQuickPick(EXPORT_FORMATS, {
      title: `${TITLE} of ${inOneLine(posix.basename(document.path))}`,
      matchOnDetail: true,
      ignoreFocusOut: true,
    }));
  if (!document || !format) {
    return;
  }
  const name = posix.basename(document.path, posix.extname(document.path));
  const target = await vscode.window.showSaveDialog({
    title: TITLE,
    saveLabel: "Export",
    defaultUri: vscode.Uri.joinPath(document, "..", `${name}.${format.suffix}`),
    filters: { Pairs: [format.suffix] },
  });
  if (!target) {
    return;
  }
  if (target.scheme !== "file") {
    void vscode.window.showWarningMessage("dlm: choose a file on the machine of the document.");
    return;
  }
  // The dialog has asked whether a file is to be replaced.
  const options = ["--force", "--format", format.label, "--output", target.fsPath];
  const ended = await runDlm(server, ["synth", "export", ...options, "--", document.fsPath]);
  if (!ended) {
    void vscode.window.showWarningMessage("dlm: no language server runs; nothing was exported.");
    return;
  }
  const said = `dlm: ${inOneLine(ended.notes.replaceAll(/^dlm: /gm, ""))}`;
  const open = { label: "Open", command: "vscode.open", argument: target };
  const opens = !ended.failed && format.suffix === "jsonl";
  await offer(ended.failed ? "error" : "information", said, opens ? [open] : []);
}
