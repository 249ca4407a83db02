/** The command that has instructions synthesized from many documents, one after the other. */

import { posix } from "node:path";
import * as vscode from "vscode";
import { firstWithPairs, manyInWords } from "../logic/manyRuns";
import type { RunEnd } from "../logic/outcome";
import { plural } from "../logic/plural";
import { ask } from "./ask";
import { offer } from "./offer";
import type { Runs } from "./runs";
import type { Server } from "./server";

/** Synthesize from all documents below a folder; those of the workspace without one. */
export async function synthesizeWorkspace(
  server: Server,
  runs: Runs,
  about: unknown,
): Promise<void> {
  const pattern =
    about instanceof vscode.Uri ? new vscode.RelativePattern(about, "**/*.dlm") : "**/*.dlm";
  const found = await vscode.workspace.findFiles(pattern);
  await synthesizeMany(
    server,
    runs,
    found.sort((uri, other) => uri.path.localeCompare(other.path)),
  );
}

export async function synthesizeMany(
  server: Server,
  runs: Runs,
  uris: readonly vscode.Uri[],
): Promise<void> {
  const documents = plural(uris.length, "document");
  if (uris.length === 0) {
    void vscode.window.showInformationMessage("dlm: there is no .dlm document.");
    return;
  }
  const yes = "Synthesize";
  const chosen = await vscode.window.showWarningMessage(
    `Synthesize instructions from ${documents}?`,
    { modal: true, detail: DETAIL },
    yes,
  );
  if (chosen !== yes) {
    return;
  }
  const ends = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: `Synthesizing from ${documents}`,
      cancellable: true,
    },
    (progress, cancellation) => runEach(server, runs, uris, progress, cancellation),
  );
  const first = firstWithPairs(ends);
  const review = { label: "Review", command: "dlm.reviewPairs", argument: first };
  const show = { label: "Show Synthesized", command: "dlm.synthesized.focus" };
  const buttons = first === undefined ? [] : [review, show];
  await offer("information", `dlm: ${manyInWords(ends, uris.length)}`, buttons);
}

const DETAIL =
  "One after the other. What is accepted goes where dlm.synth.review says; documents that it is put into are left unsaved.";

async function runEach(
  server: Server,
  runs: Runs,
  uris: readonly vscode.Uri[],
  progress: vscode.Progress<{ message: string; increment: number }>,
  cancellation: vscode.CancellationToken,
): Promise<RunEnd[]> {
  const ends: RunEnd[] = [];
  for (const [place, uri] of uris.entries()) {
    const message = `${place + 1}, ${posix.basename(uri.path)}`;
    progress.report({ message, increment: place === 0 ? 0 : 100 / uris.length });
    const end = await runOne(server, runs, uri, cancellation);
    if (end === "stop") {
      break;
    }
    if (end) {
      ends.push(end);
    }
  }
  return ends;
}

/** Run on one document; "stop" where none of the others would come to anything either. */
async function runOne(
  server: Server,
  runs: Runs,
  uri: vscode.Uri,
  cancellation: vscode.CancellationToken,
): Promise<RunEnd | "stop" | undefined> {
  if (cancellation.isCancellationRequested) {
    return "stop";
  }
  await vscode.workspace.openTextDocument(uri);
  const address = uri.toString();
  const waiting = runs.waitFor(address);
  const stopping = cancellation.onCancellationRequested(() => {
    void ask(server, "dlm.synth.cancel", { uri: address });
  });
  try {
    const answer = await ask(server, "dlm.synth.run", { uri: address, quiet: true });
    if (typeof answer !== "object" || answer === null) {
      // It was told why, with what helps.
      return "stop";
    }
    return "token" in answer ? await waiting.end : undefined;
  } finally {
    stopping.dispose();
    waiting.dispose();
  }
}
