/** The runs of the server: each a notification with Cancel, and what came of it. */

import * as vscode from "vscode";
import { ExecuteCommandRequest } from "vscode-languageclient/node";
import type {
  ProgressToken,
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
} from "vscode-languageclient/node";
import { loudness } from "../logic/outcome";
import type { RunEnd } from "../logic/outcome";
import { changesIn } from "../logic/pairChange";
import type { PairChanges } from "./pairChanges";
import type { Server } from "./server";

type Progress = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

interface Run {
  readonly end: () => void;
  /** Comes a moment after the run has begun. */
  progress?: vscode.Progress<{ message?: string; increment?: number }>;
  reached: number;
}

const SHOWN_FOR = 8_000;

export class Runs implements vscode.Disposable {
  private readonly running = new Map<ProgressToken, Run>();
  private readonly idle = new vscode.EventEmitter<void>();
  private readonly listeners: vscode.Disposable[];

  /** Fires where the last run has ended. */
  readonly onDidBecomeIdle = this.idle.event;

  constructor(
    private readonly server: Server,
    private readonly log: vscode.LogOutputChannel,
    private readonly pairs: PairChanges,
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

  get areRunning(): boolean {
    return this.running.size > 0;
  }

  dispose(): void {
    this.endAll();
    vscode.Disposable.from(...this.listeners, this.idle).dispose();
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
      location: vscode.ProgressLocation.Notification,
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

  private endAll(): void {
    for (const run of this.running.values()) {
      run.end();
    }
  }

  private lose(): void {
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

  private async tellOutcome({ uri, code, message, staged, replaced }: RunEnd): Promise<void> {
    this.log.info(`synthesis: ${message}`);
    const changes = changesIn(replaced);
    if (loudness(code) === "status" && changes.length === 0) {
      vscode.window.setStatusBarMessage(`dlm: ${message}`, SHOWN_FOR);
      return;
    }
    const showReport = "Show Report";
    const showStaged = "Show Staged";
    const showChanges = "Show Old Beside New";
    const buttons = [
      ...(changes.length > 0 ? [showChanges] : []),
      ...(staged > 0 ? [showStaged] : []),
      showReport,
    ];
    const chosen = await vscode.window.showInformationMessage(`dlm: ${message}`, ...buttons);
    if (chosen === showChanges) {
      await this.pairs.show(changes);
    } else if (chosen === showStaged) {
      await vscode.commands.executeCommand("dlm.synthesized.focus");
    } else if (chosen === showReport) {
      await vscode.commands.executeCommand("dlm.showReport", uri);
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
    ...(progress.message === undefined ? {} : { message: progress.message }),
  });
}
