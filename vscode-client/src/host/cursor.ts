/** Cursor: where it is among the synthesized sections, and its way to the next one. */

import * as vscode from "vscode";
import { inDocument, neighbour, sectionAt } from "../logic/reviewTargets";
import type { Placed } from "../logic/reviewTargets";
import { sectionsOf } from "../logic/overview";
import type { Overview } from "../logic/overview";
import { activeEditor, asRange } from "./documents";
import type { Overviews } from "./overviews";

/** The synthesized section that the cursor is in. */
export function under(editor: vscode.TextEditor, overview: Overview): Placed | undefined {
  return sectionAt(editor.selection.active, inDocument(sectionsOf(overview)));
}

export async function goTo(overviews: Overviews, direction: "next" | "previous"): Promise<void> {
  const editor = activeEditor();
  const overview = editor && (await overviews.fresh(editor.document));
  if (!editor || !overview) {
    return;
  }
  const found = neighbour(editor.selection.active, inDocument(sectionsOf(overview)), direction);
  if (found) {
    show(editor, asRange(found.range));
  } else {
    vscode.window.setStatusBarMessage("dlm: nothing is synthesized in this document", 4_000);
  }
}

/** Put the cursor to the beginning of a range and bring it into view. */
export function show(editor: vscode.TextEditor, range: vscode.Range): void {
  editor.selection = new vscode.Selection(range.start, range.start);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** Keep the context keys that menus and key bindings go by up to date. */
export function keepContext(overviews: Overviews): vscode.Disposable {
  const contexts = new Map<string, boolean>();
  const tell = (key: string, value: boolean) => {
    if (contexts.get(key) !== value) {
      contexts.set(key, value);
      void vscode.commands.executeCommand("setContext", key, value);
    }
  };
  const update = () => {
    const editor = activeEditor();
    const overview = editor && overviews.of(editor.document.uri);
    // The editor's own keys say nothing about it where the focus is in a view.
    tell("dlm.editing", editor !== undefined);
    tell("dlm.inSynthesized", !!editor && !!overview && under(editor, overview) !== undefined);
    tell(
      "dlm.hasSynthesized",
      overviews.all().some((overview) => sectionsOf(overview).length > 0),
    );
  };
  update();
  return vscode.Disposable.from(
    overviews.onDidChange(update),
    vscode.window.onDidChangeActiveTextEditor(update),
    vscode.window.onDidChangeTextEditorSelection(update),
  );
}
