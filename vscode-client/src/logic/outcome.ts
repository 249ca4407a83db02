/** The end of a run: what the server tells of it, and whether it has to be said aloud. */

import type { PairChange } from "./pairChange";

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
}

export type Loudness = "status" | "message";

const SEEN = ["inserted", "cancelled", "failed", "defect"];

/**
 * Pairs that were put in are seen; a failure has a message of its own, a cancellation was the user's.
 * Everything else would go by unseen, such as pairs that are staged or none that was accepted.
 */
export function loudness(code: string): Loudness {
  return SEEN.includes(code) ? "status" : "message";
}
