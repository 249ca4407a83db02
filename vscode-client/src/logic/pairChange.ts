/** Pair changes: the pairs of a regeneration, old beside new, as two texts. */

export interface PairText {
  readonly question: string;
  readonly answer: string;
}

export interface PairChange {
  readonly old: PairText;
  readonly new: PairText;
}

/** What the end of a run tells of them; none where it tells of none. */
export function changesIn(replaced: unknown): PairChange[] {
  return Array.isArray(replaced) ? replaced.filter(isChange) : [];
}

/** The pairs of one side, as they stand in a document. */
export function textOf(changes: readonly PairChange[], side: "old" | "new"): string {
  return changes
    .map(({ [side]: { question, answer } }) => `### Q\n${question}\n### A\n${answer}\n`)
    .join("\n");
}

function isChange(change: unknown): change is PairChange {
  return (
    typeof change === "object" &&
    change !== null &&
    "old" in change &&
    isText(change.old) &&
    "new" in change &&
    isText(change.new)
  );
}

function isText(text: unknown): text is PairText {
  return (
    typeof text === "object" &&
    text !== null &&
    "question" in text &&
    typeof text.question === "string" &&
    "answer" in text &&
    typeof text.answer === "string"
  );
}
