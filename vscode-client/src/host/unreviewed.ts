/** Unreviewed pairs: those in the text that nothing is decided about have a background. */

import * as vscode from "vscode";
import { unreviewedIn } from "../logic/reviewTargets";
import { asRange } from "./documents";
import type { Overviews } from "./overviews";

/** Keep the background of all editors up to date. */
export function markUnreviewed(overviews: Overviews): vscode.Disposable {
  const mark = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("dlm.unreviewedBackground"),
    overviewRulerColor: new vscode.ThemeColor("dlm.unreviewedBackground"),
    overviewRulerLane: vscode.OverviewRulerLane.Left,
  });
  const draw = () => {
    for (const editor of vscode.window.visibleTextEditors) {
      const { uri, version } = editor.document;
      const overview = overviews.of(uri);
      if (overview?.version === version) {
        editor.setDecorations(mark, unreviewedIn(overview).map(lines));
      }
    }
  };
  draw();
  return vscode.Disposable.from(
    mark,
    overviews.onDidChange(draw),
    vscode.window.onDidChangeVisibleTextEditors(draw),
  );
}

/** A range that ends at the beginning of a line does not mean that line. */
function lines(range: Parameters<typeof asRange>[0]): vscode.Range {
  const whole = asRange(range);
  const isBefore = whole.end.character === 0 && whole.end.line > whole.start.line;
  return isBefore ? whole.with({ end: new vscode.Position(whole.end.line - 1, 0) }) : whole;
}
