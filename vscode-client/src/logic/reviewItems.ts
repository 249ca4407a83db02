/** Review items: the pairs of a document that can be decided on, as the server tells them. */

import type { Range } from "./overview";

export type ItemState = "staged" | "inserted" | "refused";

export type Verdict = "accepted" | "rejected";

export interface ReviewItem {
  readonly id: string;
  readonly state: ItemState;
  /** What the user has decided; null where nothing yet. */
  readonly decision: Verdict | null;
  readonly question: string;
  readonly answer: string;
  readonly evidence: string;
  /** Where the evidence stands in the document; null where it does not. */
  readonly evidenceRange: Range | null;
  readonly sourceId: string;
  /** What the source is called; empty where it has changed or is gone. */
  readonly heading: string;
  readonly range: Range | null;
  readonly teacher: string;
  readonly strategy: string;
  readonly margin: number | null;
  /** Why it was refused; empty where it was not. */
  readonly reasonInWords: string;
  readonly detail: string;
  /** A section with several pairs can be edited in the document only. */
  readonly editable: boolean;
}

export interface ReviewAnswer {
  readonly version: number | null;
  /** The pairs whose decisions are being carried out: the items do not show them yet. */
  readonly deciding: readonly string[];
  readonly items: readonly ReviewItem[];
}

/** Tell an answer from that of a server that could not give one. */
export function isReviewAnswer(answer: unknown): answer is ReviewAnswer {
  return (
    typeof answer === "object" &&
    answer !== null &&
    "items" in answer &&
    Array.isArray(answer.items) &&
    "deciding" in answer &&
    Array.isArray(answer.deciding)
  );
}

/** Whether a review is not done before it is decided on: what was refused may be left so. */
export function isExpected(item: ReviewItem): boolean {
  return item.state !== "refused" || item.decision !== null;
}
