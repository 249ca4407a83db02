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
import type { Server } from "./server";

type Told = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

interface Run {
  readonly end: () => void;
  /** Comes a moment after the run has begun. */
  progress?: vscode.Progress<{ message?: string; increment?: number }>;
  reached: number;
}

const SHOWN_FOR = 8_000;

export class Runs implements vscode.Disposable {
  private readonly running = new Map<ProgressToken, Run>();
  private readonly documents = new Map<ProgressToken, string>();
  private readonly listener: vscode.Disposable;

  constructor(
    private readonly server: Server,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.listener = server.onDidChange(() => {
      if (server.state !== "running") {
        this.lose();
      }
    });
  }

  /** Note which document a run is about, for what is offered at its end. */
  belongsTo(token: ProgressToken, document: string): void {
    this.documents.set(token, document);
  }

  handle(token: ProgressToken, told: Told): void {
    if (told.kind === "begin") {
      this.begin(token, told);
    } else if (told.kind === "report") {
      report(this.running.get(token), told);
    } else {
      this.running.get(token)?.end();
      void this.tellOutcome(token, told.message ?? "");
    }
  }

  dispose(): void {
    this.listener.dispose();
    this.endAll();
  }

  private begin(token: ProgressToken, told: WorkDoneProgressBegin): void {
    let resolve: () => void = () => undefined;
    const ended = new Promise<void>((settle) => {
      resolve = settle;
    });
    const run: Run = {
      reached: 0,
      end: () => {
        this.running.delete(token);
        resolve();
      },
    };
    this.running.set(token, run);
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: told.title,
      cancellable: told.cancellable ?? false,
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
    this.documents.clear();
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
    await client?.sendRequest(ExecuteCommandRequest.type, {
      command: "dlm.synth.cancel",
      arguments: [{ token }],
    });
  }

  private async tellOutcome(token: ProgressToken, outcome: string): Promise<void> {
    const uri = this.documents.get(token);
    this.documents.delete(token);
    this.log.info(`synthesis: ${outcome}`);
    if (loudness(outcome) === "status") {
      vscode.window.setStatusBarMessage(`dlm: ${outcome}`, SHOWN_FOR);
      return;
    }
    const report = "Show Report";
    const staged = "Show Staged";
    const offered = outcome.includes("staged") ? [staged, report] : [report];
    const chosen = await vscode.window.showInformationMessage(`dlm: ${outcome}`, ...offered);
    if (chosen === staged) {
      await vscode.commands.executeCommand("dlm.synthesized.focus");
    } else if (chosen === report) {
      await vscode.commands.executeCommand("dlm.showReport", uri);
    }
  }
}

function report(run: Run | undefined, told: WorkDoneProgressReport): void {
  if (!run) {
    return;
  }
  const increment = Math.max(0, (told.percentage ?? 0) - run.reached);
  run.reached += increment;
  run.progress?.report({
    increment,
    ...(told.message === undefined ? {} : { message: told.message }),
  });
}
