/** Folding: every synthesized section at once, so that the prose can be read. */

import * as vscode from "vscode";
import { inDocument } from "../logic/reviewTargets";
import { sectionsOf } from "../logic/overview";
import { activeEditor } from "./documents";
import type { Overviews } from "./overviews";

export async function foldSynthesized(overviews: Overviews): Promise<void> {
  const editor = activeEditor();
  const overview = editor && (await overviews.fresh(editor.document));
  if (!overview) {
    return;
  }
  const lines = inDocument(sectionsOf(overview)).map(({ range }) => range.start.line);
  if (lines.length === 0) {
    vscode.window.setStatusBarMessage("dlm: nothing is synthesized in this document", 4_000);
    return;
  }
  await vscode.commands.executeCommand("editor.fold", { selectionLines: lines, levels: 1 });
}
