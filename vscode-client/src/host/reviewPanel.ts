/** The review's panel: a page beside the text, and what it asks of the server and the editor. */

import { posix } from "node:path";
import * as vscode from "vscode";
import { ExecuteCommandRequest } from "vscode-languageclient/node";
import { inOneLine } from "../logic/plainText";
import { isReviewAnswer } from "../logic/reviewItems";
import type { ReviewAnswer } from "../logic/reviewItems";
import { batches } from "../logic/reviewBatches";
import { fromPage, reviewPage } from "../logic/reviewProtocol";
import type { FromPage, ToPage } from "../logic/reviewProtocol";
import type { Decided, Filter, Unsaved } from "../logic/reviewSession";
import { stateIn } from "../logic/reviewState";
import { addressIn } from "./argument";
import type { Evidence } from "./evidence";
import { pickOpenDocument } from "./openDocument";
import type { Overviews } from "./overviews";
import { furnish, openPanel, partsOf } from "./pages";
import type { Server } from "./server";

const ITEMS = "dlm.review.items";
const DECIDE = "dlm.review.decide";
const GONE =
  "This document cannot be reviewed: it is not there any more, or has no sound frontmatter.";
const SILENT =
  "The server does not answer, so nothing can be decided now. What you have typed stays here. If the server does not come back, use “dlm: Restart Server”.";

export class ReviewPanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private open: Page | undefined;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly server: Server,
    private readonly overviews: Overviews,
    private readonly evidence: Evidence,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /**
   * Review the pairs of a document.
   *
   * Keys decide at once: without `focus`, they go on to where the user is typing.
   */
  async show(about: unknown, filter: Partial<Filter> = {}, focus = true): Promise<void> {
    const address = addressIn(about) ?? this.open?.uri.toString() ?? (await pickOpenDocument());
    if (address === undefined || !(await this.server.started())) {
      return;
    }
    const uri = vscode.Uri.parse(address);
    await showText(uri);
    if (this.open) {
      this.open.turnTo(uri, filter);
      this.open.panel.reveal(undefined, !focus);
      return;
    }
    await closeOrphans();
    this.fill(openPanel(this.extension, "review", "Review", !focus), uri, filter, false);
  }

  /** Go on in a panel that was open when the window was closed or loaded anew. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const uri = parsed(stateIn(state)?.uri);
    // The editor comes here once the panel is in view, and there may be another by then.
    if (!uri || this.open) {
      panel.dispose();
    } else {
      if (this.server.state === "not started") {
        void this.server.start();
      }
      furnish(this.extension, panel);
      this.fill(panel, uri, {}, true);
    }
    return Promise.resolve();
  }

  /** The document whose pairs are reviewed where the user is now. */
  get activeUri(): vscode.Uri | undefined {
    return this.open?.panel.active ? this.open.uri : undefined;
  }

  dispose(): void {
    this.open?.panel.dispose();
  }

  private fill(
    panel: vscode.WebviewPanel,
    uri: vscode.Uri,
    filter: Partial<Filter>,
    begun: boolean,
  ): void {
    const { server, overviews, evidence, log } = this;
    const page = new Page(panel, uri, filter, begun, server, overviews, evidence, log);
    this.open = page;
    panel.onDidDispose(() => {
      this.open = undefined;
      page.dispose();
    });
    panel.webview.html = reviewPage(partsOf(this.extension, panel.webview, "review"));
  }
}

/** One panel: it is about one document at a time. */
class Page implements vscode.Disposable {
  private readonly listeners: vscode.Disposable[];
  private answer: ReviewAnswer | undefined;
  private shown: string | null = null;
  /** The last decision that the server knows of. */
  private known = 0;
  /** What was decided and has not gone to the server yet. */
  private queue: { readonly uri: string; readonly decided: Decided }[] = [];
  /** The documents whose pairs the page has had: it decides about no others. */
  private readonly documents = new Set<string>();
  private isDeciding = false;
  /** Called with each answer, or without one where there is none. */
  private readonly loaded = new vscode.EventEmitter<ReviewAnswer | undefined>();
  private loading = false;
  private again = false;
  private unsaved: Unsaved | undefined;

  constructor(
    readonly panel: vscode.WebviewPanel,
    private _uri: vscode.Uri,
    private filter: Partial<Filter>,
    /** Whether a page has been there, also in an earlier window: one that follows goes on. */
    private begun: boolean,
    private readonly server: Server,
    private readonly overviews: Overviews,
    private readonly evidence: Evidence,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.listeners = [
      panel.webview.onDidReceiveMessage((message: unknown) => {
        const read = fromPage(message);
        if (read) {
          this.listen(read);
        }
      }),
      overviews.onDidChange(() => {
        void this.load();
      }),
      // There are overviews only of what is open, which the document need not be.
      server.onDidChange(() => {
        void this.load();
      }),
    ];
    this.name();
  }

  get uri(): vscode.Uri {
    return this._uri;
  }

  /** Begin anew, with another document or filter. */
  turnTo(uri: vscode.Uri, filter: Partial<Filter>): void {
    const isOther = uri.toString() !== this._uri.toString();
    this.filter = filter;
    if (isOther) {
      this._uri = uri;
      this.answer = undefined;
      this.name();
    }
    this.restart();
  }

  dispose(): void {
    this.evidence.hide();
    vscode.Disposable.from(...this.listeners).dispose();
  }

  private name(): void {
    this.panel.title = `Review: ${inOneLine(posix.basename(this._uri.path))}`;
  }

  private listen(message: FromPage): void {
    switch (message.kind) {
      case "ready":
        // A page that was out of sight is loaded anew, and goes on where it was.
        if (this.begun) {
          if (this.unsaved) {
            this.post({ kind: "resume", unsaved: this.unsaved });
          }
          void this.load();
        } else {
          this.begun = true;
          this.restart();
        }
        break;
      case "keep":
        this.unsaved = message.unsaved;
        break;
      case "decide":
        this.post({ kind: "heard" });
        if (this.documents.has(message.uri)) {
          this.queue.push({ uri: message.uri, decided: message.decided });
          void this.decide();
        }
        break;
      case "show":
        this.post({ kind: "heard" });
        this.shown = message.id;
        this.showEvidence();
        break;
    }
  }

  private restart(): void {
    if (this.begun) {
      void this.load().then(() => {
        this.post({ kind: "restart", filter: this.filter });
      });
    }
  }

  /** Have the server carry out what is decided; what comes meanwhile goes together after that. */
  private async decide(): Promise<void> {
    if (this.isDeciding) {
      return;
    }
    this.isDeciding = true;
    try {
      for (;;) {
        const [first] = this.queue;
        if (!first) {
          break;
        }
        const { uri } = first;
        const other = this.queue.findIndex((one) => one.uri !== uri);
        const next = this.queue.splice(0, other < 0 ? this.queue.length : other);
        const taken = next.map(({ decided }) => decided);
        for (const { ids, decision, edited } of batches(taken)) {
          // What went wrong is told by the server, and shows in the items.
          await this.ask(vscode.Uri.parse(uri), DECIDE, { sections: ids, decision, ...edited });
        }
        this.known = taken.at(-1)?.number ?? this.known;
        await this.untilDone(new Set(taken.flatMap(({ ids }) => ids)));
      }
    } finally {
      this.isDeciding = false;
    }
  }

  private async untilDone(ids: ReadonlySet<string>): Promise<void> {
    await new Promise<void>((resolve) => {
      const listener = this.loaded.event((answer) => {
        if (!answer?.deciding.some((id) => ids.has(id))) {
          listener.dispose();
          resolve();
        }
      });
      void this.load();
    });
  }

  /** Tell the page what there is now; while that is asked, only once more. */
  private async load(): Promise<void> {
    if (this.loading) {
      this.again = true;
      return;
    }
    this.loading = true;
    try {
      do {
        this.again = false;
        await this.loadOnce();
      } while (this.mustLoadAgain());
    } finally {
      this.loading = false;
    }
  }

  private mustLoadAgain(): boolean {
    return this.again;
  }

  private async loadOnce(): Promise<void> {
    const { _uri: uri, known } = this;
    const answer = await this.ask(uri, ITEMS, {});
    if (uri !== this._uri) {
      this.again = true;
    } else if (isReviewAnswer(answer)) {
      this.answer = answer;
      this.documents.add(uri.toString());
      this.post({ kind: "items", uri: uri.toString(), answer, known });
      this.showEvidence();
      this.loaded.fire(answer);
    } else {
      this.evidence.hide();
      const isThere = (await this.server.running()) !== undefined;
      this.post(isThere ? { kind: "gone", message: GONE } : { kind: "silent", message: SILENT });
      this.loaded.fire(undefined);
    }
  }

  private async ask(uri: vscode.Uri, command: string, argument: object): Promise<unknown> {
    const client = await this.server.running();
    if (!client) {
      return undefined;
    }
    try {
      // The editor closes what nobody looks at.
      await vscode.workspace.openTextDocument(uri);
      return await client.sendRequest(ExecuteCommandRequest.type, {
        command,
        arguments: [{ uri: uri.toString(), ...argument }],
      });
    } catch (error) {
      this.log.warn(`review: ${String(error)}`);
      return undefined;
    }
  }

  private showEvidence(): void {
    const item = this.answer?.items.find(({ id }) => id === this.shown);
    if (item && this.answer) {
      const sources = this.overviews.of(this._uri)?.sources;
      const source = sources?.find(({ id }) => id === item.sourceId)?.range ?? null;
      const { version } = this.answer;
      this.evidence.show(this._uri, version, item, source, this.panel.active);
    } else {
      this.evidence.hide();
    }
  }

  private post(message: ToPage): void {
    void this.panel.webview.postMessage(message);
  }
}

/** An address as one; undefined where it is none, which whoever has written a state may know. */
function parsed(address: string | undefined): vscode.Uri | undefined {
  try {
    return address === undefined ? undefined : vscode.Uri.parse(address, true);
  } catch {
    return undefined;
  }
}

/**
 * Close the panels in view of an extension host that is gone: nobody hears them.
 *
 * One in the background may wait to be looked at after a reload, and hold what the user has typed.
 */
async function closeOrphans(): Promise<void> {
  const orphans = vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input, isActive }) =>
        isActive &&
        input instanceof vscode.TabInputWebview &&
        input.viewType.endsWith("dlm.review"),
    );
  if (orphans.length > 0) {
    await vscode.window.tabGroups.close(orphans);
  }
}

/** Have the text in view, beside which the panel is. */
async function showText(uri: vscode.Uri): Promise<void> {
  const isShown = vscode.window.visibleTextEditors.some(
    ({ document }) => document.uri.toString() === uri.toString(),
  );
  if (!isShown) {
    await vscode.window.showTextDocument(uri, {
      viewColumn: vscode.ViewColumn.One,
      preserveFocus: true,
      preview: false,
    });
  }
}
