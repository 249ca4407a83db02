/** The command that installs the server into an environment of the extension's own. */

import * as vscode from "vscode";
import { serverEnvironment } from "../logic/environment";
import { prepare, requirement, run } from "../logic/pythonEnvs";
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
  const wanted = requirement(teachers.flatMap((teacher) => teacher.extras));
  const done = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: "Installing dlm-lsp",
      cancellable: true,
    },
    async (progress, cancellation) => {
      const cancelled = new AbortController();
      cancellation.onCancellationRequested(() => {
        cancelled.abort();
      });
      const workshop = {
        environment: serverEnvironment(process.env, {}),
        signal: AbortSignal.any([cancelled.signal, server.ended]),
        heard: (line: string) => {
          log.info(line);
        },
      };
      try {
        progress.report({ message: "making a Python environment" });
        await prepare(server.ownInterpreter, workshop);
        progress.report({ message: `pip install "${wanted}"` });
        const args = ["-m", "pip", "install", "--upgrade", wanted];
        await run(server.ownInterpreter, args, workshop);
        return true;
      } catch (error) {
        if (!workshop.signal.aborted) {
          void tell(error instanceof Error ? error.message : String(error), log);
        }
        return false;
      }
    },
  );
  if (done) {
    await server.restart();
  }
}

async function tell(problem: string, log: vscode.LogOutputChannel): Promise<void> {
  const show = "Show Log";
  const chosen = await vscode.window.showErrorMessage(
    `dlm-lsp could not be installed: ${problem}.`,
    show,
  );
  if (chosen === show) {
    log.show();
  }
}
