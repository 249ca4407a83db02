/** What of the traffic with the server is looked at on its way. */

import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import { documentOf, SYNTHESES } from "../logic/consent";
import type { Consent } from "./consent";
import type { Overviews } from "./overviews";
import type { Runs } from "./runs";
import { tellObstacle } from "./synthesize";

export function middleware(consent: Consent, runs: Runs, overviews: Overviews): Middleware {
  return {
    handleWorkDoneProgress: (token, told, next) => {
      runs.handle(token, told);
      if (told.kind === "end") {
        // The client shows nothing of it, and now drops what it keeps for it.
        next(token, told);
      }
    },
    // Lenses, the lightbulb and our own commands: all of them come by here.
    executeCommand: async (command, args: unknown[], next) => {
      const document = documentOf(args[0]);
      if (!SYNTHESES.includes(command)) {
        return next(command, args) as unknown;
      }
      if (!(await canBe(document, overviews)) || !(await consent.given(args[0]))) {
        return undefined;
      }
      const answer: unknown = await next(command, args);
      const token = tokenIn(answer);
      if (token !== undefined && document !== undefined) {
        runs.belongsTo(token, document);
      }
      return answer;
    },
    window: {
      showDocument: async (params, token, next) =>
        (await showsPreview(params.uri)) ? { success: true } : next(params, token),
    },
  };
}

/** What stands in the way is told here, where there are buttons to mend it. */
async function canBe(document: string | undefined, overviews: Overviews): Promise<boolean> {
  const overview =
    document === undefined ? undefined : await overviews.ask(vscode.Uri.parse(document).toString());
  if (overview?.obstacle) {
    void tellObstacle(overview.obstacle);
    return false;
  }
  return true;
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

function tokenIn(answer: unknown): string | undefined {
  const token =
    typeof answer === "object" && answer !== null && "token" in answer ? answer.token : undefined;
  return typeof token === "string" ? token : undefined;
}
