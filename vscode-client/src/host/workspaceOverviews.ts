/** Workspace overviews: what is synthesized in documents that are not open, asked while it is seen. */

import * as vscode from "vscode";
import { ExecuteCommandRequest } from "vscode-languageclient/node";
import { isWorkspaceOverview, NOTHING_KNOWN } from "../logic/workspaceOverview";
import type { WorkspaceOverview } from "../logic/workspaceOverview";
import { isOurs, ourDocuments } from "./documents";
import type { Server } from "./server";

const COMMAND = "dlm.workspace.overview";
const FILES = "**/*.dlm";
/** Milliseconds in which more may change. */
const QUIET = 500;

export class WorkspaceOverviews implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly listeners: vscode.Disposable[];
  private known = NOTHING_KNOWN;
  private isSeen = false;
  private isOutdated = true;
  private isAsking = false;
  private timer: NodeJS.Timeout | undefined;

  readonly onDidChange = this.changed.event;

  constructor(
    private readonly server: Server,
    private readonly log: vscode.LogOutputChannel,
  ) {
    const files = vscode.workspace.createFileSystemWatcher(FILES);
    const outdate = () => {
      this.outdate();
    };
    this.listeners = [
      files,
      files.onDidCreate(outdate),
      files.onDidChange(outdate),
      files.onDidDelete(outdate),
      server.onDidChange(outdate),
      server.onDidChangeOverview((address) => {
        const uri = vscode.Uri.parse(address).toString();
        // An open document is listed by what it is now.
        if (!ourDocuments().some((document) => document.uri.toString() === uri)) {
          this.outdate();
        }
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(outdate),
      vscode.workspace.onDidOpenTextDocument((document) => {
        if (isOurs(document)) {
          this.changed.fire();
        }
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (isOurs(document)) {
          this.outdate();
        }
      }),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        // What a shell has done to the store, no watcher of the workspace tells.
        if (focused) {
          this.outdate();
        }
      }),
    ];
  }

  /** The answer of last time, without the documents that are open by now. */
  get closed(): WorkspaceOverview {
    const open = new Set(ourDocuments().map(({ uri }) => uri.toString()));
    const documents = this.known.documents.filter(({ uri }) => !open.has(uri));
    return { ...this.known, documents };
  }

  /** Nothing is asked for what nobody sees. */
  set seen(isSeen: boolean) {
    this.isSeen = isSeen;
    this.askSoon();
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.listeners, this.changed).dispose();
  }

  private outdate(): void {
    this.isOutdated = true;
    this.askSoon();
  }

  private askSoon(): void {
    if (this.isSeen && this.isOutdated && !this.isAsking) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => {
        void this.ask();
      }, QUIET);
    }
  }

  private async ask(): Promise<void> {
    this.isAsking = true;
    this.isOutdated = false;
    this.known = (await this.answer()) ?? NOTHING_KNOWN;
    this.isAsking = false;
    this.changed.fire();
    this.askSoon();
  }

  private async answer(): Promise<WorkspaceOverview | undefined> {
    const client = await this.server.running();
    const commands = client?.initializeResult?.capabilities.executeCommandProvider?.commands;
    if (!client || !commands?.includes(COMMAND)) {
      return undefined;
    }
    try {
      const answer: unknown = await client.sendRequest(ExecuteCommandRequest.type, {
        command: COMMAND,
        arguments: [],
      });
      return isWorkspaceOverview(answer) ? inOurWords(answer) : undefined;
    } catch (error) {
      this.log.debug(`no overview of the workspace: ${String(error)}`);
      return undefined;
    }
  }
}

/** The server may write an address in another way than the editor. */
function inOurWords(overview: WorkspaceOverview): WorkspaceOverview {
  const documents = overview.documents.map((document) => ({
    ...document,
    uri: vscode.Uri.parse(document.uri).toString(),
  }));
  return { ...overview, documents };
}
