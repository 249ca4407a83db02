/** Command arguments: menus of editors give an address, those of the tree a node. */

import * as vscode from "vscode";
import type { Node } from "../logic/tree";
import { activeEditor } from "./documents";

export function nodeIn(about: unknown): Node | undefined {
  return typeof about === "object" && about !== null && "sections" in about
    ? (about as Node)
    : undefined;
}

/** The document that is meant; without an argument, the one that the user is in. */
export function addressIn(about: unknown): string | undefined {
  if (typeof about === "string") {
    return about;
  }
  if (about instanceof vscode.Uri) {
    return about.toString();
  }
  return nodeIn(about)?.uri ?? activeEditor()?.document.uri.toString();
}
