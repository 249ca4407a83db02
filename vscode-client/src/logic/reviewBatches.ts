/** Review batches: decisions that came while others were carried out go to the server together. */

import type { Verdict } from "./reviewItems";
import type { Decided, Draft } from "./reviewSession";

export interface Batch {
  readonly ids: readonly string[];
  readonly decision: Verdict;
  readonly edited: Draft | null;
}

/** What to ask for, in turn; of several decisions about a pair the last one counts. */
export function batches(queue: readonly Decided[]): Batch[] {
  const last = new Map<string, Decided>();
  for (const decided of queue) {
    for (const id of decided.ids) {
      last.set(id, decided);
    }
  }
  const plain = (decision: Verdict): Batch => ({
    ids: [...last].flatMap(([id, by]) =>
      by.decision === decision && by.edited === null ? [id] : [],
    ),
    decision,
    edited: null,
  });
  const edits = [...last].flatMap(([id, { decision, edited }]) =>
    edited === null ? [] : [{ ids: [id], decision, edited }],
  );
  return [plain("accepted"), plain("rejected"), ...edits].filter(({ ids }) => ids.length > 0);
}
