/** Server locations: looked at in this order. */

import { homedir } from "node:os";
import * as vscode from "vscode";
import { NO_ANSWER } from "../logic/discovery";
import type { Offer, ServerLocation } from "../logic/discovery";
import { dependsOnWorkspace, expanded, onPath } from "../logic/paths";
import { ourDocuments } from "./documents";
import { LATE } from "./interpreters";
import type { Interpreters } from "./interpreters";
import { text } from "./settings";

const AS_MODULE = ["-m", "dlm_lsp"];

/** The places to look in; `own` is the extension's own environment. */
export function serverLocations(
  interpreters: Interpreters,
  own: () => Promise<Offer | undefined>,
): ServerLocation[] {
  return [
    { name: "dlm.path", binding: true, look: () => set("path", []) },
    { name: "dlm.interpreter", binding: true, look: () => set("interpreter", AS_MODULE) },
    { name: "what this extension installed", binding: false, look: own },
    { name: "the Python extension", binding: false, look: () => chosen(interpreters) },
    { name: "dlm-lsp on PATH", binding: false, look: onThePath },
  ];
}

/** The folder that the server runs in and that paths are relative to. */
export function folder(): vscode.Uri | undefined {
  const ours = ourDocuments().map(({ uri }) => vscode.workspace.getWorkspaceFolder(uri));
  const found = ours.find((uri) => uri !== undefined) ?? vscode.workspace.workspaceFolders?.[0];
  return found?.uri.scheme === "file" ? found.uri : undefined;
}

function set(setting: string, args: readonly string[]): Promise<Offer | undefined> {
  const here = folder();
  const path = text(setting, here);
  if (path === "") {
    return Promise.resolve(undefined);
  }
  // The user's own setting may point into the workspace, which is not to be executed yet.
  if (dependsOnWorkspace(path) && !vscode.workspace.isTrusted) {
    return Promise.resolve({ absent: `${path} is in a workspace that is not trusted` });
  }
  const command = expanded(path, homedir(), here?.fsPath);
  return Promise.resolve(
    command === undefined
      ? { absent: `${path} is in a workspace, and none is open` }
      : { command, arguments: args },
  );
}

async function chosen(interpreters: Interpreters): Promise<Offer> {
  if (!interpreters.areKnown) {
    return { absent: "not installed" };
  }
  // It may find an environment in the workspace, without anybody having chosen it.
  if (!vscode.workspace.isTrusted) {
    return { absent: "not asked, the workspace is not trusted" };
  }
  const command = await interpreters.active(folder());
  if (command === LATE) {
    return { absent: NO_ANSWER };
  }
  return command === undefined
    ? { absent: "has no interpreter" }
    : { command, arguments: AS_MODULE };
}

function onThePath(): Promise<Offer> {
  const command = onPath("dlm-lsp", process.env);
  return Promise.resolve(
    command === undefined ? { absent: "not found" } : { command, arguments: [] },
  );
}
