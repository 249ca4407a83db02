/** Overview of a document, as the server tells it: what is written and what waits. */

import type { Verdict } from "./reviewItems";

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** `stale`: it is in the document, but its source has changed or is gone. */
export type State = "inserted" | "stale" | "staged";

export interface SynthesizedSection {
  readonly id: string;
  readonly question: string;
  readonly answer?: string;
  readonly evidence?: string | null;
  readonly state: State;
  readonly range: Range | null;
  readonly teacher: string;
  readonly strategy: string;
  readonly at: string;
  readonly margin: number | null;
  /** What the user has decided; null where nothing yet. Older servers do not tell. */
  readonly decision?: Verdict | null;
}

export interface Source {
  /** null where the source has changed or is gone. */
  readonly id: string | null;
  readonly title: string;
  readonly range: Range | null;
  readonly sections: readonly SynthesizedSection[];
}

export interface Progress {
  readonly reviewed: number;
  readonly total: number;
}

export type Counts = Readonly<Record<State, number>>;

/** Why nothing can be synthesized: a code to decide by, a message to show. */
export interface Unavailable {
  readonly code: string;
  readonly message: string;
}

export interface Overview {
  readonly uri: string;
  readonly version: number;
  readonly teacher: string;
  /** Who is asked for verdicts beside the teacher; null where nobody is. */
  readonly verifier: string | null;
  /** null where nothing is in the way of a synthesis. */
  readonly availability: Unavailable | null;
  /** How many sections the teacher is being asked about. */
  readonly running: number;
  readonly counts: Counts;
  /** How far the review is, what was rejected and is gone included. Older servers do not tell. */
  readonly review?: Progress;
  readonly sources: readonly Source[];
}

export const STATES: readonly State[] = ["inserted", "stale", "staged"];

/** Tell an overview from the answer of a server that could not give one. */
export function isOverview(answer: unknown): answer is Overview {
  return (
    typeof answer === "object" &&
    answer !== null &&
    "counts" in answer &&
    "sources" in answer &&
    Array.isArray(answer.sources)
  );
}

export function sectionsOf(overview: Overview): SynthesizedSection[] {
  return overview.sources.flatMap((source) => source.sections);
}

export function countsOf(sections: readonly SynthesizedSection[]): Counts {
  const counts = { inserted: 0, stale: 0, staged: 0 };
  for (const section of sections) {
    counts[section.state] += 1;
  }
  return counts;
}

/** How far the review of a document is; undefined where there is none. */
export function reviewOf(overview: Overview): Progress | undefined {
  const { review } = overview;
  if (review) {
    return review.total > 0 ? review : undefined;
  }
  const known = sectionsOf(overview).filter(({ decision }) => decision !== undefined);
  const reviewed = known.filter(({ decision }) => decision !== null).length;
  return known.length > 0 ? { reviewed, total: known.length } : undefined;
}

/** `3 inserted, 1 stale`; empty where there is nothing. */
export function countsInWords(counts: Counts): string {
  return STATES.filter((state) => counts[state] > 0)
    .map((state) => `${counts[state]} ${state}`)
    .join(", ");
}
