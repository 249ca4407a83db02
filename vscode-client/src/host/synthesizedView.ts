/** The tree view "Synthesized". */

import { posix } from "node:path";
import * as vscode from "vscode";
import { tree } from "../logic/tree";
import type { FileName, Node } from "../logic/tree";
import { incompleteInWords } from "../logic/workspaceOverview";
import type { Overviews } from "./overviews";
import type { WorkspaceOverviews } from "./workspaceOverviews";

export class SynthesizedView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  private readonly listeners: vscode.Disposable[];
  private readonly view: vscode.TreeView<Node>;
  private shown = "";

  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly overviews: Overviews,
    private readonly workspace: WorkspaceOverviews,
  ) {
    const refresh = () => {
      this.refresh();
    };
    this.view = vscode.window.createTreeView("dlm.synthesized", { treeDataProvider: this });
    this.listeners = [
      this.view,
      this.view.onDidChangeVisibility(({ visible }) => {
        workspace.seen = visible;
      }),
      overviews.onDidChange(refresh),
      workspace.onDidChange(refresh),
    ];
    workspace.seen = this.view.visible;
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node?.kind === "closed") {
      // The open document takes its place in the tree.
      await vscode.workspace.openTextDocument(vscode.Uri.parse(node.uri));
    }
    return node ? node.children : this.nodes();
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const item = new vscode.TreeItem(node.label, COLLAPSED[node.kind]);
    item.id = node.key;
    item.description = node.description;
    item.tooltip = node.tooltip;
    item.contextValue = node.context;
    if (node.kind === "file" || node.kind === "closed") {
      item.resourceUri = vscode.Uri.parse(node.uri);
      item.iconPath = vscode.ThemeIcon.File;
    } else {
      item.iconPath = new vscode.ThemeIcon(node.icon, colourOf(node));
    }
    if (node.kind === "section") {
      item.command = { command: "dlm.review.reveal", title: "Reveal", arguments: [node] };
    }
    if (node.kind === "closed") {
      const uri = vscode.Uri.parse(node.uri);
      item.command = { command: "vscode.open", title: "Open", arguments: [uri] };
    }
    return item;
  }

  dispose(): void {
    vscode.Disposable.from(...this.listeners, this.changed).dispose();
  }

  private refresh(): void {
    // Most keystrokes change nothing here, and a new tree takes the hover and the focus away.
    const message = incompleteInWords(this.workspace.closed);
    const now = JSON.stringify([message, this.nodes()]);
    if (now !== this.shown) {
      this.shown = now;
      this.view.message = message;
      this.changed.fire(undefined);
    }
  }

  private nodes(): Node[] {
    return tree(this.overviews.all(), this.workspace.closed.documents, nameOf);
  }
}

const COLLAPSED: Readonly<Record<Node["kind"], vscode.TreeItemCollapsibleState>> = {
  file: vscode.TreeItemCollapsibleState.Expanded,
  source: vscode.TreeItemCollapsibleState.Expanded,
  section: vscode.TreeItemCollapsibleState.None,
  closed: vscode.TreeItemCollapsibleState.Collapsed,
};

function nameOf(address: string): FileName {
  const uri = vscode.Uri.parse(address);
  const folder = posix.dirname(vscode.workspace.asRelativePath(uri).replaceAll("\\", "/"));
  return { name: posix.basename(uri.path), folder: folder === "." ? "" : folder };
}

function colourOf(node: Node): vscode.ThemeColor | undefined {
  return node.icon === "warning" ? new vscode.ThemeColor("list.warningForeground") : undefined;
}
