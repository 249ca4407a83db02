/** The commands that train a document and ask what it has learned: both run `dlm`. */

import { spawn } from "node:child_process";
import { posix } from "node:path";
import { createInterface } from "node:readline";
import * as vscode from "vscode";
import { dlmCommand } from "../logic/commandLine";
import { serverEnvironment } from "../logic/environment";
import { page } from "../logic/page";
import { inOneLine, visible } from "../logic/plainText";
import { follow, inWords, NOTHING_TRAINED, trainedOf } from "../logic/training";
import type { Training } from "../logic/training";
import { offer } from "./offer";
import { openPanel, partsOf } from "./pages";
import { savedDocument } from "./savedDocument";
import type { Secrets } from "./secrets";
import type { Server } from "./server";

const LOSSES = `    <p id="words" aria-live="polite"></p>
    <svg id="picture" viewBox="0 0 640 360" role="img" aria-label="Loss by step"></svg>
    <ul id="legend"></ul>`;

export class Trainer {
  constructor(
    private readonly extension: vscode.Uri,
    private readonly server: Server,
    private readonly secrets: Secrets,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Train the document's adapters, and draw the losses on the way. */
  async train(about: unknown): Promise<void> {
    const document = await this.saved(about);
    if (!document) {
      return;
    }
    const title = `Training: ${nameOf(document)}`;
    const drawing = new Drawing(this.extension, title);
    const ran = await this.run(title, ["train", document.fsPath, "--jsonl"], (line) => {
      drawing.follow(line);
      return drawing.training;
    });
    if (!ran) {
      return;
    }
    drawing.post();
    const done = trainedOf(drawing.training).map(inWords);
    const { failure } = drawing.training;
    if (done.length > 0 && (!failure || ran.cancelled)) {
      const question = { label: "Ask", command: "dlm.prompt", argument: document };
      await offer("information", `dlm: ${done.join("; ")}`, [question]);
    } else if (!ran.cancelled) {
      const why = failure || ran.last || "the training ended without an adapter";
      const log = { label: "Show Log", command: "dlm.showLogs" };
      await offer("error", `dlm: ${[...done, why].join("; ")}`, [log]);
    }
  }

  /** Ask the document's adapter and its base model, and show both answers. */
  async prompt(about: unknown): Promise<void> {
    const document = await this.saved(about);
    const question =
      document &&
      (await vscode.window.showInputBox({
        title: `Ask ${nameOf(document)}`,
        prompt: "Its adapter and its base model answer, side by side",
        ignoreFocusOut: true,
      }));
    if (!document || !question?.trim()) {
      return;
    }
    // A question that begins with a dash is no option.
    const args = ["prompt", "--compare", "--json", "--", document.fsPath, question];
    let output = "";
    const ran = await this.run(`Asking ${nameOf(document)}`, args, (line) => {
      output += `${line}\n`;
      return undefined;
    });
    const content = answers(question, output);
    if (content !== undefined) {
      await vscode.window.showTextDocument(
        await vscode.workspace.openTextDocument({ language: "plaintext", content }),
        { viewColumn: vscode.ViewColumn.Beside, preview: true },
      );
    } else if (ran && !ran.cancelled) {
      const train = { label: "Train", command: "dlm.train", argument: document };
      await offer("error", `dlm: ${ran.last || "there was no answer"}`, [train]);
    }
  }

  /** The document to train on; nothing where the workspace is not trusted. */
  private async saved(about: unknown): Promise<vscode.Uri | undefined> {
    if (!vscode.workspace.isTrusted) {
      void vscode.window.showWarningMessage(
        "dlm: nothing is trained or run in a workspace that is not trusted.",
      );
      return undefined;
    }
    return savedDocument(this.server, about);
  }

  /** Run the command; `take` hears each line of its output, and says how far it is. */
  private async run(
    title: string,
    args: readonly string[],
    take: (line: string) => Training | undefined,
  ): Promise<Ran | undefined> {
    const { launch } = this.server;
    if (!launch) {
      return undefined;
    }
    const line = dlmCommand(launch, args);
    const environment = serverEnvironment(process.env, await this.secrets.all());
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      (progress, cancellation) =>
        new Promise<Ran>((resolve) => {
          const child = spawn(line.command, line.arguments, {
            env: environment,
            stdio: ["ignore", "pipe", "pipe"],
          });
          let last = "";
          let reached = 0;
          const end = () => {
            clearTimeout(killing);
            resolve({ last, cancelled: cancellation.isCancellationRequested });
          };
          let killing: NodeJS.Timeout | undefined;
          cancellation.onCancellationRequested(() => {
            // It writes where it was, to go on from there, and is not waited for without end.
            child.kill("SIGINT");
            killing = setTimeout(() => child.kill("SIGKILL"), 10_000);
          });
          createInterface({ input: child.stdout }).on("line", (line) => {
            const { share, words } = take(line) ?? NOTHING_TRAINED;
            if (words) {
              const increment = Math.max(0, 100 * share - reached);
              reached += increment;
              progress.report({ increment, message: inOneLine(words) });
            }
          });
          createInterface({ input: child.stderr }).on("line", (told) => {
            this.log.info(told);
            last = told.trim() || last;
            if (reached === 0) {
              progress.report({ message: inOneLine(last) });
            }
          });
          child.once("error", (error) => {
            last = error.message;
            end();
          });
          child.once("close", end);
          const ended = () => child.kill();
          this.server.ended.addEventListener("abort", ended);
          child.once("close", () => {
            this.server.ended.removeEventListener("abort", ended);
          });
        }),
    );
  }
}

interface Ran {
  /** The last line that it told. */
  readonly last: string;
  readonly cancelled: boolean;
}

/** Milliseconds between two pictures: the steps of a small model come faster than one looks. */
const A_LOOK = 100;

/** The panel that shows the losses; it is opened where there are any. */
class Drawing {
  training = NOTHING_TRAINED;
  private panel: vscode.WebviewPanel | undefined;
  private isClosed = false;
  private next: NodeJS.Timeout | undefined;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly title: string,
  ) {}

  follow(line: string): void {
    this.training = follow(this.training, line);
    this.next ??= setTimeout(() => {
      this.post();
    }, A_LOOK);
  }

  post(): void {
    clearTimeout(this.next);
    this.next = undefined;
    if (this.training.series.some(({ losses }) => losses.length > 0) && !this.isClosed) {
      void this.opened().webview.postMessage(this.training);
    }
  }

  private opened(): vscode.WebviewPanel {
    if (this.panel) {
      return this.panel;
    }
    const panel = openPanel(this.extension, "losses", this.title, true);
    this.panel = panel;
    panel.webview.onDidReceiveMessage(() => {
      // It is ready, at first or again after it was out of sight.
      void panel.webview.postMessage(this.training);
    });
    panel.onDidDispose(() => {
      this.isClosed = true;
    });
    panel.webview.html = page(partsOf(this.extension, panel.webview, "losses"), "Losses", LOSSES);
    return panel;
  }
}

function answers(question: string, output: string): string | undefined {
  try {
    const { adapter, base } = JSON.parse(output) as { adapter: string; base: string };
    return visible(`${question}\n\nThe adapter:\n${adapter}\n\nThe base model:\n${base}\n`);
  } catch {
    return undefined;
  }
}

function nameOf(uri: vscode.Uri): string {
  return inOneLine(posix.basename(uri.path));
}
