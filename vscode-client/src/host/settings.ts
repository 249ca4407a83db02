/** The extension's settings, as they may be used: those of an untrusted workspace only in part. */

import * as vscode from "vscode";
import { RESTRICTED, withoutOthers } from "../logic/restricted";
import { LANGUAGE } from "../logic/language";

/** What a setting says; empty where it is not set, or set to what is no text. */
export function text(name: string, uri: vscode.Uri | undefined): string {
  const settings = vscode.workspace.getConfiguration(LANGUAGE, uri);
  const isSafe =
    vscode.workspace.isTrusted || !RESTRICTED.some((restricted) => restricted === name);
  const value: unknown = isSafe ? settings.get(name) : own(settings, name);
  return typeof value === "string" ? value.trim() : "";
}

/** What the server may know of the settings for a document. */
export function forServer(settings: unknown, uri: vscode.Uri | undefined): unknown {
  const all = vscode.workspace.getConfiguration(LANGUAGE, uri);
  const safe = vscode.workspace.isTrusted
    ? settings
    : withoutOthers(settings, (name) => own(all, name));
  // Who has no lenses at all gets what they say as hints.
  const lenses = vscode.workspace.getConfiguration("editor", uri).get("codeLens") !== false;
  return lenses || typeof safe !== "object" ? safe : { ...safe, codeLens: { enable: false } };
}

/** Set it where a value stands already, so that the new one is the one that counts. */
export async function save(
  name: string,
  value: string,
  uri: vscode.Uri | undefined,
): Promise<void> {
  const settings = vscode.workspace.getConfiguration(LANGUAGE, uri);
  const isSafe =
    vscode.workspace.isTrusted || !RESTRICTED.some((restricted) => restricted === name);
  const found = isSafe ? settings.inspect(name) : undefined;
  const target =
    found?.workspaceFolderValue !== undefined
      ? vscode.ConfigurationTarget.WorkspaceFolder
      : found?.workspaceValue !== undefined
        ? vscode.ConfigurationTarget.Workspace
        : vscode.ConfigurationTarget.Global;
  await settings.update(name, value, target);
}

function own(settings: vscode.WorkspaceConfiguration, name: string): unknown {
  const found = settings.inspect(name);
  return found?.globalValue ?? found?.defaultValue;
}
