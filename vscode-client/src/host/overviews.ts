/** Overviews: all that is synthesized in each open document, as the server told it last. */

import * as vscode from "vscode";
import { ExecuteCommandRequest } from "vscode-languageclient/node";
import { isOverview } from "../logic/overview";
import type { Overview } from "../logic/overview";
import { LANGUAGE } from "../logic/language";
import { isOurs, ourDocuments } from "./documents";
import type { Server } from "./server";

const COMMAND = "dlm.synth.overview";
const QUIET = 300;

export class Overviews implements vscode.Disposable {
  private readonly known = new Map<string, Overview>();
  private readonly waiting = new Map<string, NodeJS.Timeout>();
  private readonly asked = new Map<string, number>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly listeners: vscode.Disposable[];
  private questions = 0;

  readonly onDidChange = this.changed.event;

  constructor(
    private readonly server: Server,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.listeners = [
      server.onDidChange(() => {
        this.askAll();
      }),
      server.onDidChangeOverview((address) => {
        const uri = vscode.Uri.parse(address).toString();
        if (ourDocuments().some((document) => document.uri.toString() === uri)) {
          this.askSoon(uri, 0);
        }
      }),
      vscode.workspace.onDidOpenTextDocument((document) => {
        if (isOurs(document)) {
          this.askSoon(document.uri.toString(), 0);
        }
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (isOurs(document)) {
          this.askSoon(document.uri.toString(), QUIET);
        }
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.forget(document.uri.toString());
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(LANGUAGE)) {
          this.askAll(QUIET);
        }
      }),
    ];
  }

  all(): Overview[] {
    return [...this.known.values()];
  }

  of(uri: vscode.Uri): Overview | undefined {
    return this.known.get(uri.toString());
  }

  /** The overview of a document as it is now. */
  async fresh(document: vscode.TextDocument): Promise<Overview | undefined> {
    const known = this.of(document.uri);
    return known?.version === document.version ? known : this.ask(document.uri.toString());
  }

  /** Ask again about a document, whatever is known of it. */
  async ask(uri: string): Promise<Overview | undefined> {
    clearTimeout(this.waiting.get(uri));
    this.waiting.delete(uri);
    const question = (this.questions += 1);
    this.asked.set(uri, question);
    const answer = await this.answer(uri);
    // An answer to a later question may have come before this one.
    if (this.asked.get(uri) === question) {
      if (answer) {
        this.known.set(uri, answer);
      } else {
        this.known.delete(uri);
      }
      this.changed.fire();
    }
    return answer;
  }

  dispose(): void {
    vscode.Disposable.from(...this.listeners, this.changed).dispose();
    for (const timer of this.waiting.values()) {
      clearTimeout(timer);
    }
  }

  private async answer(uri: string): Promise<Overview | undefined> {
    const client = await this.server.running();
    const commands = client?.initializeResult?.capabilities.executeCommandProvider?.commands;
    if (!client || !commands?.includes(COMMAND)) {
      return undefined;
    }
    try {
      const answer: unknown = await client.sendRequest(ExecuteCommandRequest.type, {
        command: COMMAND,
        arguments: [{ uri }],
      });
      // The server may write an address in another way than the editor.
      return isOverview(answer) ? { ...answer, uri } : undefined;
    } catch (error) {
      this.log.debug(`no overview: ${String(error)}`);
      return undefined;
    }
  }

  private askAll(delay = 0): void {
    for (const document of ourDocuments()) {
      this.askSoon(document.uri.toString(), delay);
    }
  }

  private askSoon(uri: string, delay: number): void {
    clearTimeout(this.waiting.get(uri));
    this.waiting.set(
      uri,
      setTimeout(() => {
        void this.ask(uri);
      }, delay),
    );
  }

  private forget(uri: string): void {
    clearTimeout(this.waiting.get(uri));
    this.waiting.delete(uri);
    this.asked.delete(uri);
    if (this.known.delete(uri)) {
      this.changed.fire();
    }
  }
}
