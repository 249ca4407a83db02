/** Review words: how a pair and a review are described. */

import { visible } from "./plainText";
import { plural } from "./plural";
import type { ReviewItem } from "./reviewItems";
import type { Counts, Filter, StateFilter } from "./reviewSession";
import { shortTeacher } from "./teacher";

const STATES = { staged: "staged", inserted: "in the document", refused: "refused" } as const;

/** What each filter by state is called. */
export const FILTERS: Readonly<Record<StateFilter, string>> = {
  open: "To review",
  staged: "Staged",
  inserted: "In the document",
  refused: "Refused",
};

/** The filters that are set. */
export function filtersInWords(filter: Filter): string {
  const { state, teacher, unreviewed, lowMarginsFirst, below } = filter;
  const set = [
    ...(state === "open" ? [] : [FILTERS[state].toLowerCase()]),
    ...(teacher === "" ? [] : [visible(shortTeacher(teacher))]),
    ...(unreviewed ? ["only unreviewed"] : []),
    ...(below === null ? [] : [`margin below ${below}`]),
    ...(lowMarginsFirst ? ["low margins first"] : []),
  ];
  return set.length === 0 ? "Filters" : `Filters: ${set.join(", ")}`;
}

/** `3 of 22 reviewed`. */
export function progressInWords({ reviewed, total }: Pick<Counts, "reviewed" | "total">): string {
  return `${reviewed} of ${total} reviewed`;
}

export function marginInWords(margin: number | null): string {
  return margin === null ? "not judged" : `margin ${margin.toFixed(2)}`;
}

export function stateInWords(item: ReviewItem): string {
  const state = STATES[item.state];
  return item.decision === null || (item.state === "refused" && item.decision === "rejected")
    ? state
    : `${state}, ${item.decision}`;
}

/** Teacher, strategy and margin. */
export function originInWords(item: ReviewItem): string[] {
  return [visible(shortTeacher(item.teacher)), visible(item.strategy), marginInWords(item.margin)];
}

export function headingOf(item: ReviewItem): string {
  return item.heading === "" ? "Its source has changed or is gone" : visible(item.heading);
}

/** Why it was refused; empty where it was not. */
export function refusalInWords({ reasonInWords, detail }: ReviewItem): string {
  if (reasonInWords === "") {
    return "";
  }
  const why = detail === "" || detail === reasonInWords ? "" : ` (${visible(detail)})`;
  return `Refused: ${visible(reasonInWords)}${why}`;
}

/** What is said where no pair is in view. */
export function endInWords(
  { reviewed, total, refused }: Counts,
  filter: "none" | "refused" | "other",
): string {
  if (filter === "refused") {
    return "No refused pair is left. Those that cannot stand in a document are in the report alone.";
  }
  if (filter === "other") {
    return "No pair is left that the filters let through.";
  }
  const left = refused === 0 ? "" : ` ${plural(refused, "pair")} refused: press r to look.`;
  if (total === 0) {
    return refused === 0 ? "Nothing is synthesized in this document." : `Nothing to review.${left}`;
  }
  if (reviewed < total) {
    return `This is the end; ${plural(total - reviewed, "pair")} not reviewed yet.`;
  }
  return `All ${total} reviewed.${left}`;
}
