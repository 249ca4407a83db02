/** Pages: the panels of the extension, with what each may load. */

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { PageParts } from "../logic/page";

/** A panel beside the text that may run the extension's own script, and nothing else. */
export function openPanel(
  extension: vscode.Uri,
  kind: string,
  title: string,
  preserveFocus: boolean,
): vscode.WebviewPanel {
  const columns = { viewColumn: vscode.ViewColumn.Beside, preserveFocus };
  const panel = vscode.window.createWebviewPanel(`dlm.${kind}`, title, columns);
  furnish(extension, panel);
  return panel;
}

/** Give a panel its rights and its icon; one of another release has those of a folder that is gone. */
export function furnish(extension: vscode.Uri, panel: vscode.WebviewPanel): void {
  panel.webview.options = {
    enableScripts: true,
    localResourceRoots: [vscode.Uri.joinPath(extension, "dist")],
  };
  const icon = (name: string) => vscode.Uri.joinPath(extension, "icons", name);
  panel.iconPath = { light: icon("file-light.svg"), dark: icon("file-dark.svg") };
}

/** What the page of a panel is served with; its files are called by its name. */
export function partsOf(extension: vscode.Uri, webview: vscode.Webview, name: string): PageParts {
  const address = (file: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(extension, "dist", file)).toString();
  return {
    script: address(`${name}.js`),
    style: address(`${name}.css`),
    source: webview.cspSource,
    nonce: randomBytes(18).toString("base64"),
  };
}
