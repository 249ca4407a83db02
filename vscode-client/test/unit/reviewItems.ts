/** Review items for tests. */

import type { ReviewAnswer, ReviewItem } from "../../src/logic/reviewItems";

export function item(id: string, more: Partial<ReviewItem> = {}): ReviewItem {
  return {
    id,
    state: "staged",
    decision: null,
    question: `Question ${id}?`,
    answer: `Answer ${id}.`,
    evidence: "",
    evidenceRange: null,
    sourceId: "s",
    heading: "Electric trams",
    range: null,
    teacher: "hf:x/small",
    strategy: "extraction",
    margin: null,
    reasonInWords: "",
    detail: "",
    editable: true,
    ...more,
  };
}

export function answer(
  items: readonly (ReviewItem | undefined)[],
  deciding: readonly string[] = [],
): ReviewAnswer {
  return { version: 1, deciding, items: items.filter((one) => one !== undefined) };
}
