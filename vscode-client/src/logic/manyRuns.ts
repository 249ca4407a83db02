/** Many runs: what came of a synthesis from several documents, in one sentence. */

import type { RunEnd } from "./outcome";
import { plural } from "./plural";

/** `documents` were meant; one that came to no run has no end. */
export function manyInWords(ends: readonly RunEnd[], documents: number): string {
  const sum = (of: (end: RunEnd) => number) => ends.reduce((all, end) => all + of(end), 0);
  const refused = sum((end) => end.refused ?? 0);
  const counted = [
    `${sum((end) => end.inserted + end.staged)} accepted`,
    ...(refused > 0 ? [`${refused} refused`] : []),
  ].join(", ");
  const done = ends.length === documents ? "" : ` (${documents - ends.length} not done)`;
  const failure = ends.find((end) => end.failure)?.failure;
  const failed = failure ? `. Some requests failed: ${failure.message}` : "";
  return `${plural(documents, "document")}${done}: ${counted}${failed}`;
}

/** The document to begin a review with; undefined where nothing came of any. */
export function firstWithPairs(ends: readonly RunEnd[]): string | undefined {
  return ends.find((end) => end.inserted + end.staged > 0)?.uri;
}
