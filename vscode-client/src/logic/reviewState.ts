/** Review state: where a review is, as the editor keeps it for the page, also over a restart. */

import { isRecord } from "./record";
import type { Filter, Session } from "./reviewSession";
import { FILTERS } from "./reviewWords";

export interface ReviewState {
  /** The document whose pairs are in view. */
  readonly uri: string;
  readonly at: string | null;
  readonly filter: Filter;
}

/** The editor writes it to disk, where nothing that somebody has written belongs. */
export function reviewState(uri: string, { at, filter }: Session): ReviewState {
  return { uri, at, filter };
}

/** Read a state; undefined where it is none, or another release has written it in another way. */
export function stateIn(state: unknown): ReviewState | undefined {
  if (!isRecord(state)) {
    return undefined;
  }
  const { uri, at, filter } = state;
  return typeof uri === "string" && (typeof at === "string" || at === null) && isFilter(filter)
    ? { uri, at, filter }
    : undefined;
}

function isFilter(value: unknown): value is Filter {
  return (
    isRecord(value) &&
    typeof value["state"] === "string" &&
    Object.hasOwn(FILTERS, value["state"]) &&
    typeof value["teacher"] === "string" &&
    typeof value["unreviewed"] === "boolean" &&
    typeof value["lowMarginsFirst"] === "boolean" &&
    (value["below"] === null || typeof value["below"] === "number")
  );
}
