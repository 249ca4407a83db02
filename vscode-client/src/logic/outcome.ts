/** What the end of a run says, and whether it has to be said aloud. */

export type Loudness = "status" | "message";

/**
 * Pairs that were put in are seen; a failure has its own message, a cancellation was the user's.
 * Everything else would go by unseen, such as pairs that are staged or none that was accepted.
 */
export function loudness(outcome: string): Loudness {
  return /^(\d+ inserted|cancelled|failed|)$/.test(outcome) ? "status" : "message";
}
