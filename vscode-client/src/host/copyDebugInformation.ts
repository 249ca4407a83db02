/** The command that copies what helps to find a fault. */

import { arch, homedir, platform, release } from "node:os";
import * as vscode from "vscode";
import { debugInformation } from "../logic/debugInformation";
import { countsInWords } from "../logic/overview";
import { PROVIDERS } from "../logic/teacher";
import { LANGUAGE } from "../logic/language";
import { activeEditor } from "./documents";
import type { Secrets } from "./secrets";
import type { Overviews } from "./overviews";
import type { Server } from "./server";

export async function copyDebugInformation(
  extension: vscode.Extension<unknown>,
  server: Server,
  secrets: Secrets,
  overviews: Overviews,
): Promise<void> {
  const manifest = extension.packageJSON as Manifest;
  const variables: Record<string, boolean> = {};
  for (const provider of PROVIDERS) {
    variables[provider.variable] = (await secrets.of(provider)) !== undefined;
  }
  for (const name of ["OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "DLM_HOME"]) {
    variables[name] = process.env[name] !== undefined;
  }
  const text = debugInformation({
    extension: `${extension.id} ${manifest.version}`,
    editor: `${vscode.env.appName} ${vscode.version}${vscode.env.remoteName ? `, ${vscode.env.remoteName}` : ""}`,
    system: `${platform()} ${release()} ${arch()}, Node ${process.versions.node}`,
    home: homedir(),
    state: server.state,
    launch: server.launch,
    tried: server.tried,
    trusted: vscode.workspace.isTrusted,
    settings: changedSettings(manifest),
    variables,
    documents: overviews.all().map((overview) => ({
      counts: countsInWords(overview.counts),
      unavailable: overview.availability?.code,
    })),
  });
  await vscode.env.clipboard.writeText(text);
  void vscode.window.showInformationMessage("dlm: the debug information is on the clipboard.");
}

interface Manifest {
  readonly version: string;
  readonly contributes: {
    readonly configuration: readonly {
      readonly properties: Record<string, { default: unknown }>;
    }[];
  };
}

function changedSettings(manifest: Manifest): Record<string, unknown> {
  const settings = vscode.workspace.getConfiguration(undefined, activeEditor()?.document.uri);
  const changed: Record<string, unknown> = {};
  for (const { properties } of manifest.contributes.configuration) {
    for (const [name, property] of Object.entries(properties)) {
      const value = settings.get(name);
      if (name.startsWith(`${LANGUAGE}.`) && value !== property.default) {
        changed[name] = value;
      }
    }
  }
  return changed;
}
