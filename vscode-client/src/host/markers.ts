/** Marker lines are dimmed: they are needed by programs, and are in the way of readers. */

import * as vscode from "vscode";
import { LANGUAGE } from "../logic/language";
import { markerLines } from "../logic/markers";
import { isOurs } from "./documents";

const SETTING = "dimMarkers";

export class DimmedMarkers implements vscode.Disposable {
  private readonly dimmed = vscode.window.createTextEditorDecorationType({ opacity: "0.35" });
  private readonly listeners: vscode.Disposable[];

  constructor() {
    const showAll = () => {
      for (const editor of vscode.window.visibleTextEditors) {
        this.show(editor);
      }
    };
    this.listeners = [
      vscode.window.onDidChangeVisibleTextEditors(showAll),
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
        this.show(textEditor);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (isOurs(document)) {
          showAll();
        }
      }),
      vscode.window.onDidChangeActiveColorTheme(showAll),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${LANGUAGE}.${SETTING}`)) {
          showAll();
        }
      }),
    ];
    showAll();
  }

  dispose(): void {
    vscode.Disposable.from(this.dimmed, ...this.listeners).dispose();
  }

  /** Only what is in view is looked at: a document may be long, and is typed in. */
  private show(editor: vscode.TextEditor): void {
    const { document } = editor;
    if (!isOurs(document)) {
      return;
    }
    const settings = vscode.workspace.getConfiguration(LANGUAGE, document.uri);
    const lines =
      settings.get<boolean>(SETTING) === false || isHighContrast()
        ? []
        : editor.visibleRanges.flatMap(({ start, end }) => {
            const last = Math.min(end.line, document.lineCount - 1);
            const texts = Array.from(
              { length: Math.max(0, last - start.line + 1) },
              (_, index) => document.lineAt(start.line + index).text,
            );
            return markerLines(texts, start.line);
          });
    editor.setDecorations(
      this.dimmed,
      lines.map((line) => document.lineAt(line).range),
    );
  }
}

/** Whoever has chosen such a theme needs to read what is there. */
function isHighContrast(): boolean {
  const { HighContrast, HighContrastLight } = vscode.ColorThemeKind;
  return [HighContrast, HighContrastLight].includes(vscode.window.activeColorTheme.kind);
}
