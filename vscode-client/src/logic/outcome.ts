/** The end of a run: what the server tells of it, what is said aloud, and what can be done then. */

import type { Unavailable } from "./overview";
import { CHOOSE_TEACHER, remedies, settingButton } from "./remedies";
import type { Button } from "./remedies";

import { changesIn } from "./pairChange";
import type { PairChange } from "./pairChange";

const SHOW_CHANGES: Button = { label: "Show Old Beside New", command: "dlm.showChanges" };

export interface RunEnd {
  readonly uri: string;
  readonly token: string;
  readonly code: string;
  readonly message: string;
  readonly inserted: number;
  /** How many pairs wait beside the document. */
  readonly staged: number;
  /** What took the place of what; an older server does not tell. */
  readonly replaced?: readonly PairChange[];
  readonly refused?: number;
  /** The ids of those that were put in. */
  readonly sections?: readonly string[];
  /** What came to nothing on the way. */
  readonly failure?: Unavailable | null;
  /** Why nothing was accepted. */
  readonly cause?: string;
}

/** `status`: a word in passing. What a message has no buttons for needs none. */
export type Loudness = "status" | "information" | "warning" | "error";

export interface Outcome {
  readonly loudness: Loudness;
  readonly message: string;
  readonly buttons: readonly Button[];
}

/** What an outcome is told with: whom the run asked, and what its buttons do. */
export interface Circumstances {
  readonly teacher: string;
  readonly ownServer: boolean;
  readonly review: Button;
  readonly showWhy: Button;
  readonly report: Button;
  /** undefined where nobody knows what was run. */
  readonly retry: Button | undefined;
}

export function outcome(end: RunEnd, by: Circumstances): Outcome {
  const { failure, message } = end;
  const again = by.retry ? [by.retry] : [];
  if (end.code === "failed" || end.code === "nothing-accepted") {
    if (failure) {
      const helps = remedies(failure.code, by.teacher, by.ownServer, end.uri);
      const loudness = end.code === "failed" ? "error" : "warning";
      return { loudness, message: failure.message, buttons: [...again, ...helps] };
    }
    if (end.code === "failed") {
      // The server has told why.
      return { loudness: "status", message, buttons: [] };
    }
    const why = (end.refused ?? 0) > 0 ? by.showWhy : by.report;
    return { loudness: "information", message, buttons: [...settings(end.cause), why] };
  }
  if (["cancelled", "defect", "to-review"].includes(end.code)) {
    return { loudness: "status", message, buttons: [] };
  }
  const changes = changesIn(end.replaced);
  const buttons = [
    ...(changes.length > 0 ? [{ ...SHOW_CHANGES, argument: changes }] : []),
    by.review,
    ...((end.refused ?? 0) > 0 ? [by.showWhy] : []),
  ];
  if (end.code === "not-delivered") {
    return { loudness: "warning", message, buttons: [...buttons, by.report] };
  }
  return failure
    ? {
        loudness: "warning",
        message: `${counts(end)}. Some requests failed: ${failure.message}`,
        buttons: [...buttons, ...again],
      }
    : { loudness: "information", message: counts(end), buttons };
}

/** `3 accepted, 2 refused`, and where they went unless that is seen. */
function counts(end: RunEnd): string {
  const { code, inserted, staged, refused = 0, message } = end;
  if (changesIn(end.replaced).length > 0) {
    return message;
  }
  const counted = `${inserted + staged} accepted${refused > 0 ? `, ${refused} refused` : ""}`;
  return code === "inserted" ? counted : `${counted}: ${message}`;
}

/** What to change where nothing was accepted. */
function settings(cause: string | undefined): readonly Button[] {
  switch (cause) {
    case "threshold":
      return [settingButton("threshold")];
    case "judge":
      return [settingButton("filter")];
    case "verifier":
      return [settingButton("verify")];
    case "invalid-replies":
      return [settingButton("maxNewTokens"), CHOOSE_TEACHER];
    case "small-teacher":
    case "text-rules":
    case "failed":
      return [CHOOSE_TEACHER];
    default:
      return [];
  }
}
