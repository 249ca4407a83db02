/** Review targets: the sections that a command of the review is about. */

import { sectionsOf } from "./overview";
import type { Overview, Position, Range, State, SynthesizedSection } from "./overview";

export type ReviewCommand = "keep" | "remove" | "regenerate" | "apply" | "discard";

const IN_THE_DOCUMENT: readonly State[] = ["inserted", "stale"];
const TAKES: Readonly<Record<ReviewCommand, readonly State[]>> = {
  keep: IN_THE_DOCUMENT,
  remove: IN_THE_DOCUMENT,
  regenerate: IN_THE_DOCUMENT,
  apply: ["staged"],
  discard: ["staged"],
};

/** The ids of those that the command can take. */
export function reviewTargets(
  command: ReviewCommand,
  sections: readonly SynthesizedSection[],
): string[] {
  return sections
    .filter((section) => TAKES[command].includes(section.state))
    .map((section) => section.id);
}

/** Those that are in the document, in its order. */
export function inDocument(sections: readonly SynthesizedSection[]): Placed[] {
  return sections
    .flatMap((section) =>
      section.range && IN_THE_DOCUMENT.includes(section.state)
        ? [{ section, range: section.range }]
        : [],
    )
    .sort((placed, other) => compare(placed.range.start, other.range.start));
}

/** Where the pairs are in the document that nothing is decided about. */
export function unreviewedIn(overview: Overview): Range[] {
  return inDocument(sectionsOf(overview)).flatMap(({ section, range }) =>
    section.decision === null ? [range] : [],
  );
}

export interface Placed {
  readonly section: SynthesizedSection;
  readonly range: NonNullable<SynthesizedSection["range"]>;
}

/** The one that the position is in. */
export function sectionAt(position: Position, placed: readonly Placed[]): Placed | undefined {
  return placed.find(({ range }) => {
    const toEnd = compare(position, range.end);
    // A range that ends at the beginning of a line ends before that line.
    const before = toEnd < 0 || (toEnd === 0 && range.end.character > 0);
    return compare(range.start, position) <= 0 && before;
  });
}

/** The next one in a direction, round the end of the document. */
export function neighbour(
  position: Position,
  placed: readonly Placed[],
  direction: "next" | "previous",
): Placed | undefined {
  const here = sectionAt(position, placed);
  const others = placed.filter((other) => other !== here);
  if (others.length === 0) {
    return here;
  }
  return direction === "next"
    ? (others.find(({ range }) => compare(range.start, position) > 0) ?? others[0])
    : (others.findLast(({ range }) => compare(range.start, position) < 0) ?? others.at(-1));
}

function compare(position: Position, other: Position): number {
  return position.line - other.line || position.character - other.character;
}
