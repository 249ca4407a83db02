/** Middleware: the traffic with the server that is looked at on its way. */

import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import { documentOf, namedVerifier, SYNTHESES } from "../logic/consent";
import { LANGUAGE } from "../logic/language";
import type { Consent } from "./consent";
import { teacherOf } from "./documents";
import { estimateOf } from "./estimates";
import type { Overviews } from "./overviews";
import { readOnlyIn, tellReadOnly } from "./readOnly";
import type { Runs } from "./runs";
import type { Server } from "./server";
import { forServer, text } from "./settings";
import { isQuiet, runAgain, tellUnavailable } from "./synthesize";

export function middleware(
  server: Server,
  consent: Consent,
  runs: Runs,
  overviews: Overviews,
  log: vscode.LogOutputChannel,
): Middleware {
  return {
    handleWorkDoneProgress: (token, progress, next) => {
      runs.handle(token, progress);
      if (progress.kind === "end") {
        // The client shows nothing of it, and now drops what it keeps for it.
        next(token, progress);
      }
    },
    // Lenses, the lightbulb and our own commands: all of them come by here.
    executeCommand: async (command, args: unknown[], next) => {
      if (!SYNTHESES.includes(command)) {
        return next(command, args) as unknown;
      }
      const wanted = { command, argument: args[0] };
      const document = documentOf(args[0]);
      const uri = document === undefined ? undefined : vscode.Uri.parse(document);
      const overview = uri && (await overviews.ask(uri.toString()));
      if (uri && overview?.availability) {
        // Told here, where there are buttons to mend it.
        const goesOn = isQuiet(wanted) ? undefined : wanted;
        void tellUnavailable(overview.availability, uri, overview.teacher, server, goesOn);
        return undefined;
      }
      const estimate = () => estimateOf(server, log, command, args[0]);
      // The server's own word for it counts: it is the one that asks the teacher.
      const verifier = overview
        ? (overview.verifier ?? null)
        : namedVerifier(text("filter", uri), text("verify", uri));
      for (const asked of [overview?.teacher ?? teacherOf(uri), verifier]) {
        const answer = asked === null ? "yes" : await consent.given(asked, estimate);
        if (answer === "other") {
          void runAgain(server, wanted);
        }
        if (answer !== "yes") {
          return undefined;
        }
      }
      const answer: unknown = await next(command, args);
      runs.remember(answer, wanted);
      return answer;
    },
    workspace: {
      handleApplyEdit: async (params, next) => {
        const readOnly = await readOnlyIn(params);
        if (readOnly) {
          tellReadOnly(readOnly);
          return { applied: false, failureReason: "the document is read-only" };
        }
        return next(params, new vscode.CancellationTokenSource().token);
      },
      configuration: async (params, token, next) => {
        const answers = await next(params, token);
        return Array.isArray(answers)
          ? answers.map((answer: unknown, index) => {
              const { section, scopeUri } = params.items[index] ?? {};
              const uri = scopeUri === undefined ? undefined : vscode.Uri.parse(scopeUri);
              return section === LANGUAGE ? forServer(answer, uri) : answer;
            })
          : answers;
      },
    },
    window: {
      showDocument: async (params, token, next) =>
        (await showsPreview(params.uri)) ? { success: true } : next(params, token),
    },
  };
}

/** Reports are Markdown, and are better read as that. */
async function showsPreview(address: string): Promise<boolean> {
  const uri = vscode.Uri.parse(address);
  if (!/\/synth\/(report|provenance)\.md$/.test(uri.path)) {
    return false;
  }
  try {
    await vscode.commands.executeCommand("markdown.showPreview", uri);
    return true;
  } catch {
    // The editor's Markdown extension can be switched off.
    return false;
  }
}
