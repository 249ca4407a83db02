/** The commands that train a document and ask what it has learned: both run `dlm`. */

import { spawn } from "node:child_process";
import { posix } from "node:path";
import { createInterface } from "node:readline";
import * as vscode from "vscode";
import { answersIn } from "../logic/answers";
import { downloadQuestion, missingModel } from "../logic/baseModel";
import { dlmCommand } from "../logic/commandLine";
import { serverEnvironment } from "../logic/environment";
import { page } from "../logic/page";
import { inOneLine } from "../logic/plainText";
import { follow, inWords, NOTHING_TRAINED, trainedOf } from "../logic/training";
import type { Environment } from "../logic/teacher";
import type { Training } from "../logic/training";
import { offer } from "./offer";
import { openPanel, partsOf } from "./pages";
import { runDlm } from "./runDlm";
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
    if (!document || !(await this.hasBaseModel(document))) {
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
    const { text: content, error } = answersIn(question, output);
    if (content !== undefined) {
      await vscode.window.showTextDocument(
        await vscode.workspace.openTextDocument({ language: "plaintext", content }),
        { viewColumn: vscode.ViewColumn.Beside, preview: true },
      );
    } else if (ran && !ran.cancelled) {
      const train = { label: "Train", command: "dlm.train", argument: document };
      await offer("error", `dlm: ${error ?? (ran.last || "there was no answer")}`, [train]);
    }
  }

  /** Whether the base model is on this machine, by now: its download is asked for, and shown. */
  private async hasBaseModel(document: vscode.Uri): Promise<boolean> {
    const shown = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: "Looking for the base model" },
      () => runDlm(this.server, ["show", "--json", "--", document.fsPath]),
    );
    const missing = shown && missingModel(shown.output);
    if (!missing) {
      // Whatever else is in the way the training tells.
      return true;
    }
    const { message, detail } = downloadQuestion(missing, nameOf(document), process.env);
    const download = "Download";
    const answer = await vscode.window.showInformationMessage(
      message,
      { modal: true, detail },
      download,
    );
    if (answer !== download) {
      return false;
    }
    const title = `Downloading ${missing.hubId}`;
    const ran = await this.run(title, ["fetch", "--", missing.name], () => undefined, {});
    if (ran && !ran.cancelled && ran.code !== 0) {
      const log = { label: "Show Log", command: "dlm.showLogs" };
      await offer("error", `dlm: ${ran.last || "nothing was downloaded"}`, [log]);
    }
    return ran?.code === 0;
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

  /**
   * Run the command; `take` hears each line of its output, and says how far it is.
   *
   * Without another word it downloads nothing: what comes over the network has been asked for.
   */
  private async run(
    title: string,
    args: readonly string[],
    take: (line: string) => Training | undefined,
    more: Environment = { HF_HUB_OFFLINE: "1" },
  ): Promise<Ran | undefined> {
    const { launch } = this.server;
    if (!launch) {
      return undefined;
    }
    const line = dlmCommand(launch, args);
    const environment = serverEnvironment(process.env, { ...(await this.secrets.all()), ...more });
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
          const end = (code: number | null) => {
            clearTimeout(killing);
            resolve({ last, code, cancelled: cancellation.isCancellationRequested });
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
            last = told.trim().replace(/^dlm: /, "") || last;
            if (reached === 0) {
              progress.report({ message: inOneLine(last) });
            }
          });
          child.once("error", (error) => {
            last = error.message;
            end(null);
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
  /** Its exit status; null where it was killed, or could not be started. */
  readonly code: number | null;
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

function nameOf(uri: vscode.Uri): string {
  return inOneLine(posix.basename(uri.path));
}
