/** Documents: those of our language. */

import * as vscode from "vscode";
import { LANGUAGE } from "../logic/language";
import { text } from "./settings";

const SCHEMES = ["file", "untitled"];

export const SELECTOR = SCHEMES.map((scheme) => ({ language: LANGUAGE, scheme }));

export function isOurs(document: vscode.TextDocument): boolean {
  return document.languageId === LANGUAGE && SCHEMES.includes(document.uri.scheme);
}

export function ourDocuments(): vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(isOurs);
}

/** The editor that the user is in, if it shows a document of ours. */
export function activeEditor(): vscode.TextEditor | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor && isOurs(editor.document) ? editor : undefined;
}

/** The same, or one beside a page that the user is in, such as the review. */
export function shownEditor(): vscode.TextEditor | undefined {
  return (
    activeEditor() ?? vscode.window.visibleTextEditors.find(({ document }) => isOurs(document))
  );
}

/** The teacher that is set for a document. */
export function teacherOf(uri: vscode.Uri | undefined): string {
  // The server takes an empty one for the default, too.
  return text("teacher", uri) || "self";
}

export function asRange(range: {
  start: { line: number; character: number };
  end: { line: number; character: number };
}): vscode.Range {
  return new vscode.Range(
    range.start.line,
    range.start.character,
    range.end.line,
    range.end.character,
  );
}
