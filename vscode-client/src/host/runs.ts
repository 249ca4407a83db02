/** The runs of the server: each a notification with Cancel, and what came of it. */

import * as vscode from "vscode";
import { ExecuteCommandRequest } from "vscode-languageclient/node";
import type {
  ProgressToken,
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
} from "vscode-languageclient/node";
import { withoutLinks } from "../logic/plainText";
import { documentOf } from "../logic/consent";
import { outcome } from "../logic/outcome";
import type { RunEnd } from "../logic/outcome";
import { sectionsOf } from "../logic/overview";
import { activeEditor, asRange } from "./documents";
import { offer } from "./offer";
import type { Overviews } from "./overviews";
import type { ReviewPanel } from "./reviewPanel";
import type { Server } from "./server";
import { isQuiet, runAgain } from "./synthesize";
import type { Wanted } from "./synthesize";

type Progress = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

interface Run {
  readonly end: () => void;
  /** Comes a moment after the run has begun. */
  progress?: vscode.Progress<{ message?: string; increment?: number }>;
  reached: number;
}

/** To be disposed of once it has ended. */
interface WaitingForEnd {
  readonly end: Promise<RunEnd | undefined>;
  readonly dispose: () => void;
}

const SHOWN_FOR = 8_000;

export class Runs implements vscode.Disposable {
  private readonly running = new Map<ProgressToken, Run>();
  /** What was wanted, by the token of the run that it became. */
  private readonly wanted = new Map<string, Wanted>();
  /** The runs in whose document the user has moved since they were begun. */
  private readonly touched = new Set<string>();
  /** Fires with how a run has ended; undefined where all were lost. */
  private readonly ended = new vscode.EventEmitter<RunEnd | undefined>();
  private readonly idle = new vscode.EventEmitter<void>();
  private readonly listeners: vscode.Disposable[];

  /** Fires where the last run has ended. */
  readonly onDidBecomeIdle = this.idle.event;

  constructor(
    private readonly server: Server,
    private readonly overviews: Overviews,
    private readonly panel: ReviewPanel,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.listeners = [
      server.onDidChange(() => {
        if (server.state !== "running") {
          this.lose();
        }
      }),
      server.onDidEndRun((end) => {
        void this.tellOutcome(end);
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
        // A selection that only an edit has moved has no kind.
        if (kind !== undefined) {
          this.touch(textEditor.document.uri.toString());
        }
      }),
    ];
  }

  handle(token: ProgressToken, progress: Progress): void {
    if (progress.kind === "begin") {
      this.begin(token, progress);
    } else if (progress.kind === "report") {
      report(this.running.get(token), progress);
    } else {
      this.running.get(token)?.end();
    }
  }

  /** The end of the next run on a document, or undefined where it is lost with the server. */
  waitFor(uri: string): WaitingForEnd {
    let listener: vscode.Disposable | undefined;
    const end = new Promise<RunEnd | undefined>((resolve) => {
      listener = this.ended.event((end) => {
        if (end === undefined || vscode.Uri.parse(end.uri).toString() === uri) {
          resolve(end);
        }
      });
    });
    return {
      end,
      dispose: () => {
        listener?.dispose();
      },
    };
  }

  /** Note what was wanted, by the server's answer to it. */
  remember(answer: unknown, wanted: Wanted): void {
    const token =
      typeof answer === "object" && answer !== null && "token" in answer ? answer.token : undefined;
    if (typeof token === "string") {
      this.wanted.set(token, wanted);
    }
  }

  get areRunning(): boolean {
    return this.running.size > 0;
  }

  dispose(): void {
    this.endAll();
    vscode.Disposable.from(...this.listeners, this.idle, this.ended).dispose();
  }

  private begin(token: ProgressToken, progress: WorkDoneProgressBegin): void {
    let resolve: () => void = () => undefined;
    const ended = new Promise<void>((fulfil) => {
      resolve = fulfil;
    });
    const run: Run = {
      reached: 0,
      end: () => {
        this.running.delete(token);
        resolve();
        if (this.running.size === 0) {
          this.idle.fire();
        }
      },
    };
    this.running.set(token, run);
    const options = {
      location: isQuiet(this.wanted.get(String(token)))
        ? vscode.ProgressLocation.Window
        : vscode.ProgressLocation.Notification,
      title: progress.title,
      cancellable: progress.cancellable ?? false,
    };
    void vscode.window.withProgress(options, (progress, cancellation) => {
      run.progress = progress;
      cancellation.onCancellationRequested(() => {
        void this.cancel(token);
      });
      return ended;
    });
  }

  private touch(uri: string): void {
    for (const [token, { argument }] of this.wanted) {
      if (documentOf(argument) === uri) {
        this.touched.add(token);
      }
    }
  }

  private endAll(): void {
    for (const run of this.running.values()) {
      run.end();
    }
  }

  private lose(): void {
    this.wanted.clear();
    this.touched.clear();
    this.ended.fire(undefined);
    if (this.running.size > 0) {
      this.endAll();
      void vscode.window.showWarningMessage(
        "The synthesis ended with the language server. What was answered is kept: run it again.",
      );
    }
  }

  private async cancel(token: ProgressToken): Promise<void> {
    const client = await this.server.running();
    try {
      await client?.sendRequest(ExecuteCommandRequest.type, {
        command: "dlm.synth.cancel",
        arguments: [{ token }],
      });
    } catch (error) {
      // A server that is gone has cancelled all that it did.
      this.log.warn(`not cancelled: ${String(error)}`);
    }
  }

  private async tellOutcome(end: RunEnd): Promise<void> {
    const wanted = this.wanted.get(end.token);
    this.wanted.delete(end.token);
    this.log.info(`synthesis: ${end.message}`);
    this.ended.fire(end);
    if (isQuiet(wanted)) {
      return;
    }
    void this.reveal(end);
    const { uri } = end;
    if (end.code === "to-review") {
      // Keys decide in the review: they are not taken from where the user is typing.
      void this.panel.show(uri, {}, false);
    }
    const { loudness, message, buttons } = outcome(end, {
      teacher: this.overviews.of(vscode.Uri.parse(uri))?.teacher ?? "",
      ownServer: this.server.isOwn,
      review: { label: "Review", command: "dlm.reviewPairs", argument: uri },
      showWhy: { label: "Show Why", command: "dlm.reviewRefused", argument: uri },
      report: { label: "Show Report", command: "dlm.showReport", argument: uri },
      retry: wanted && { label: "Retry", ...wanted },
    });
    if (loudness === "status") {
      vscode.window.setStatusBarMessage(`dlm: ${message}`, SHOWN_FOR);
      return;
    }
    const goOn = wanted && (() => runAgain(this.server, wanted));
    await offer(loudness, `dlm: ${message}`, buttons, goOn);
  }

  /** Bring what was put in into view, unless the user is busy elsewhere in the document. */
  private async reveal({ uri, token, sections = [] }: RunEnd): Promise<void> {
    const isBusy = this.touched.delete(token);
    if (isBusy || sections.length === 0) {
      return;
    }
    const overview = await this.overviews.ask(vscode.Uri.parse(uri).toString());
    const editor = activeEditor();
    if (!overview || editor?.document.uri.toString() !== overview.uri) {
      return;
    }
    const ranges = sectionsOf(overview).flatMap(({ id, range }) =>
      range && sections.includes(id) ? [asRange(range)] : [],
    );
    const [first] = ranges;
    const isSeen = ranges.some((range) =>
      editor.visibleRanges.some((visible) => visible.intersection(range) !== undefined),
    );
    if (first && !isSeen) {
      editor.revealRange(first, vscode.TextEditorRevealType.InCenter);
    }
  }
}

function report(run: Run | undefined, progress: WorkDoneProgressReport): void {
  if (!run) {
    return;
  }
  const increment = Math.max(0, (progress.percentage ?? 0) - run.reached);
  run.reached += increment;
  run.progress?.report({
    increment,
    ...(progress.message === undefined ? {} : { message: withoutLinks(progress.message) }),
  });
}
