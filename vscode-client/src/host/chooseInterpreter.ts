/** The command that sets the interpreter. */

import * as vscode from "vscode";
import { serverEnvironment } from "../logic/environment";
import { probe } from "../logic/probe";
import { pythonsOnPath } from "../logic/pythons";
import { LANGUAGE } from "./documents";
import type { Interpreters } from "./interpreters";
import { folder } from "./places";

interface Item extends vscode.QuickPickItem {
  readonly path?: string;
}

const BROWSE: Item = { label: "$(folder-opened) Browse…" };

export async function chooseInterpreter(interpreters: Interpreters): Promise<void> {
  const picked = await vscode.window.showQuickPick(items(interpreters), {
    title: "Python interpreter with dlm-lsp",
    placeHolder: "dlm.interpreter is set to what you pick",
    matchOnDescription: true,
  });
  const path = picked === BROWSE ? await browse() : picked?.path;
  if (path === undefined) {
    return;
  }
  const here = folder();
  const settings = vscode.workspace.getConfiguration(LANGUAGE, here);
  // What stands in the workspace would win over the user's own setting.
  const target =
    vscode.workspace.isTrusted && settings.inspect("interpreter")?.workspaceValue !== undefined
      ? vscode.ConfigurationTarget.Workspace
      : vscode.ConfigurationTarget.Global;
  await settings.update("interpreter", path, target);
  if (settings.get<string>("path")) {
    void vscode.window.showWarningMessage(
      "dlm.path is set too, and counts before the interpreter.",
    );
  }
}

async function items(interpreters: Interpreters): Promise<Item[]> {
  const active = vscode.workspace.isTrusted ? await interpreters.active(folder()) : undefined;
  const paths = new Set([...(active === undefined ? [] : [active]), ...pythonsOnPath(process.env)]);
  const environment = serverEnvironment(process.env, {});
  const found = await Promise.all(
    [...paths].map(async (path): Promise<Item> => {
      const signal = new AbortController().signal;
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
