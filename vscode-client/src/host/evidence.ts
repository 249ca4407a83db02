/** Evidence: where in the text the pair that is reviewed comes from. */

import * as vscode from "vscode";
import type { Range } from "../logic/overview";
import type { ReviewItem } from "../logic/reviewItems";
import { asRange } from "./documents";

export class Evidence implements vscode.Disposable {
  private readonly mark = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor("dlm.evidenceBackground"),
    border: "1px solid",
    borderColor: new vscode.ThemeColor("dlm.evidenceBorder"),
    overviewRulerColor: new vscode.ThemeColor("dlm.evidenceBorder"),
    overviewRulerLane: vscode.OverviewRulerLane.Full,
  });
  private readonly listener = vscode.window.onDidChangeVisibleTextEditors(() => {
    this.draw();
  });
  private shown: { readonly uri: string; readonly range: vscode.Range } | undefined;
  private of = "";
  private at = "";

  /**
   * Highlight the evidence of a pair and bring it into view, or what stands for it: the pair, or
   * its `source`.
   *
   * Where it only moves it is followed if the user `isReviewing`, and not writing elsewhere.
   */
  show(
    uri: vscode.Uri,
    version: number | null,
    item: ReviewItem,
    source: Range | null,
    isReviewing: boolean,
  ): void {
    const document = vscode.workspace.textDocuments.find(
      (open) => open.uri.toString() === uri.toString(),
    );
    if (document?.version !== version) {
      // The ranges are those of another text; the ones of this text are on their way.
      return;
    }
    this.shown = item.evidenceRange
      ? { uri: uri.toString(), range: asRange(item.evidenceRange) }
      : undefined;
    this.draw();
    const place = item.evidenceRange ?? item.range ?? source;
    const of = `${uri.toString()}#${item.id}`;
    const at = JSON.stringify(place);
    if (place && (this.of !== of || (isReviewing && this.at !== at))) {
      this.of = of;
      this.at = at;
      for (const editor of editorsOf(uri.toString())) {
        editor.revealRange(asRange(place), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      }
    }
  }

  hide(): void {
    this.shown = undefined;
    this.of = "";
    this.draw();
  }

  dispose(): void {
    vscode.Disposable.from(this.mark, this.listener).dispose();
  }

  private draw(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const isMeant = editor.document.uri.toString() === this.shown?.uri;
      editor.setDecorations(this.mark, isMeant && this.shown ? [this.shown.range] : []);
    }
  }
}

function editorsOf(uri: string): vscode.TextEditor[] {
  return vscode.window.visibleTextEditors.filter(({ document }) => document.uri.toString() === uri);
}
