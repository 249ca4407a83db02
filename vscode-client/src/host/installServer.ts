/** The command that installs the server into an environment of the extension's own. */

import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import * as vscode from "vscode";
import { serverEnvironment } from "../logic/environment";
import { IS_NEW_ENOUGH, pythonsOnPath, requirement } from "../logic/pythons";
import type { Server } from "./server";

const TEACHERS = [
  {
    label: "Models on this machine",
    detail: "Downloads PyTorch and a small model: a few gigabytes",
    extras: ["local", "tiny"],
    picked: true,
  },
  {
    label: "OpenAI, and servers with its protocol",
    detail: "A small download",
    extras: ["openai"],
  },
  { label: "Anthropic", detail: "A small download", extras: ["anthropic"] },
];

export async function installServer(server: Server, log: vscode.LogOutputChannel): Promise<void> {
  const teachers = await vscode.window.showQuickPick(TEACHERS, {
    title: "Install dlm-lsp: which teachers do you want to use?",
    placeHolder: "What is picked here can be added to later by installing again",
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (!teachers) {
    return;
  }
  const installing = new Installing(log);
  const extras = teachers.flatMap((teacher) => teacher.extras);
  const done = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: "Installing dlm-lsp",
      cancellable: true,
    },
    (progress, cancellation) => {
      cancellation.onCancellationRequested(() => {
        installing.stop();
      });
      installing.say = (message) => {
        progress.report({ message });
      };
      return installing.into(server.ownInterpreter, requirement(extras));
    },
  );
  if (done) {
    await server.restart();
  }
}

class Installing {
  private readonly over = new AbortController();
  say: (message: string) => void = () => undefined;

  constructor(private readonly log: vscode.LogOutputChannel) {}

  stop(): void {
    this.over.abort();
  }

  /** Make an environment whose Python is `interpreter`; false where that was told to fail. */
  async into(interpreter: string, wanted: string): Promise<boolean> {
    try {
      const folder = dirname(dirname(interpreter));
      await mkdir(dirname(folder), { recursive: true });
      this.say("making a Python environment");
      await this.run(await this.python(), ["-m", "venv", folder]);
      this.say(`pip install "${wanted}"`);
      await this.run(interpreter, ["-m", "pip", "install", "--upgrade", wanted]);
      return true;
    } catch (error) {
      if (!this.over.signal.aborted) {
        await this.tell(error instanceof Error ? error.message : String(error));
      }
      return false;
    }
  }

  private async python(): Promise<string> {
    for (const python of pythonsOnPath(process.env)) {
      try {
        await this.run(python, ["-c", IS_NEW_ENOUGH]);
        return python;
      } catch (error) {
        this.log.info(`${python}: ${String(error)}`);
      }
    }
    throw new Error("there is no Python 3.11 or later on PATH");
  }

  private run(command: string, args: readonly string[]): Promise<void> {
    this.log.info([command, ...args].join(" "));
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, {
        cwd: homedir(),
        env: serverEnvironment(process.env, {}),
        signal: this.over.signal,
        stdio: ["ignore", "pipe", "pipe"],
        windowsHide: true,
      });
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on("line", (line) => {
          this.log.info(line);
        });
      }
      child.on("error", reject);
      child.on("close", (code) => {
        if (code === 0) {
          resolve();
        } else {
          reject(new Error(`${args.slice(0, 3).join(" ")} ended with status ${code ?? "unknown"}`));
        }
      });
    });
  }

  private async tell(problem: string): Promise<void> {
    const show = "Show Log";
    const chosen = await vscode.window.showErrorMessage(
      `dlm-lsp could not be installed: ${problem}.`,
      show,
    );
    if (chosen === show) {
      this.log.show();
    }
  }
}
