/** Old pairs beside new ones, in two documents that nobody can write. */

import * as vscode from "vscode";
import { textOf } from "../logic/pairChange";
import type { PairChange } from "../logic/pairChange";

const SCHEME = "dlm-pairs";
const MOST = 20;

export class PairChanges implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(
    SCHEME,
    this,
  );
  private shown = 0;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? "";
  }

  async show(changes: readonly PairChange[]): Promise<void> {
    this.shown += 1;
    const [old, now] = (["old", "new"] as const).map((side) => {
      const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${this.shown}/${side}.md` });
      this.texts.set(uri.toString(), textOf(changes, side));
      return uri;
    });
    for (const key of [...this.texts.keys()].slice(0, -2 * MOST)) {
      this.texts.delete(key);
    }
    await vscode.commands.executeCommand("vscode.diff", old, now, "Regenerated: old ↔ new");
  }

  dispose(): void {
    this.registration.dispose();
  }
}
