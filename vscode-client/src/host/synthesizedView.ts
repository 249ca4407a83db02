/** The tree view "Synthesized". */

import { posix } from "node:path";
import * as vscode from "vscode";
import { tree } from "../logic/tree";
import type { FileName, Node } from "../logic/tree";
import type { Overviews } from "./overviews";

export class SynthesizedView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  private readonly listener: vscode.Disposable;
  private shown = "";

  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly overviews: Overviews) {
    this.listener = overviews.onDidChange(() => {
      // Most keystrokes change nothing here, and a new tree takes the hover and the focus away.
      const now = JSON.stringify(this.nodes());
      if (now !== this.shown) {
        this.shown = now;
        this.changed.fire(undefined);
      }
    });
  }

  getChildren(node?: Node): Node[] {
    return node ? node.children : this.nodes();
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const item = new vscode.TreeItem(
      node.label,
      node.kind === "section"
        ? vscode.TreeItemCollapsibleState.None
        : vscode.TreeItemCollapsibleState.Expanded,
    );
    item.id = node.key;
    item.description = node.description;
    item.tooltip = node.tooltip;
    item.contextValue = node.context;
    if (node.kind === "file") {
      item.resourceUri = vscode.Uri.parse(node.uri);
      item.iconPath = vscode.ThemeIcon.File;
    } else {
      item.iconPath = new vscode.ThemeIcon(node.icon, colourOf(node));
    }
    if (node.kind === "section") {
      item.command = { command: "dlm.review.reveal", title: "Reveal", arguments: [node] };
    }
    return item;
  }

  dispose(): void {
    this.listener.dispose();
    this.changed.dispose();
  }

  private nodes(): Node[] {
    return tree(this.overviews.all(), nameOf);
  }
}

function nameOf(address: string): FileName {
  const uri = vscode.Uri.parse(address);
  const folder = posix.dirname(vscode.workspace.asRelativePath(uri).replaceAll("\\", "/"));
  return { name: posix.basename(uri.path), folder: folder === "." ? "" : folder };
}

function colourOf(node: Node): vscode.ThemeColor | undefined {
  return node.icon === "warning" ? new vscode.ThemeColor("list.warningForeground") : undefined;
}
