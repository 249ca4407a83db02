/** The command that sets the interpreter. */

import * as vscode from "vscode";
import { serverEnvironment } from "../logic/environment";
import { probe } from "../logic/probe";
import { interpretersOnPath } from "../logic/pythonEnvs";
import type { Interpreters } from "./interpreters";
import { folder } from "./serverLocations";
import type { Server } from "./server";
import { save, text } from "./settings";

interface Item extends vscode.QuickPickItem {
  readonly path?: string;
}

const BROWSE: Item = { label: "$(folder-opened) Browse…" };

export async function chooseInterpreter(interpreters: Interpreters, server: Server): Promise<void> {
  const picked = await vscode.window.showQuickPick(items(interpreters, server.ended), {
    title: "Python interpreter with dlm-lsp",
    placeHolder: "dlm.interpreter is set to what you pick",
    matchOnDescription: true,
  });
  const path = picked === BROWSE ? await browse() : picked?.path;
  if (path === undefined) {
    return;
  }
  const here = folder();
  await save("interpreter", path, here);
  if (text("path", here) !== "") {
    void vscode.window.showWarningMessage(
      "dlm.path is set too, and counts before the interpreter.",
    );
  }
}

async function items(interpreters: Interpreters, signal: AbortSignal): Promise<Item[]> {
  const active = vscode.workspace.isTrusted ? await interpreters.active(folder()) : undefined;
  const paths = new Set([
    ...(typeof active === "string" ? [active] : []),
    ...interpretersOnPath(process.env),
  ]);
  const environment = serverEnvironment(process.env, {});
  const found = await Promise.all(
    [...paths].map(async (path): Promise<Item> => {
      const answer = await probe(path, ["-m", "dlm_lsp"], environment, signal);
      const description = "version" in answer ? `dlm-lsp ${answer.version}` : answer.failure;
      return { label: path, description, path };
    }),
  );
  return [...found, BROWSE];
}

async function browse(): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: "Python interpreter",
    openLabel: "Choose",
    canSelectMany: false,
  });
  return chosen?.[0]?.fsPath;
}
