import assert from "node:assert/strict";
import { test } from "node:test";
import { batches } from "../../src/logic/reviewBatches";
import type { Decided } from "../../src/logic/reviewSession";

const decided = (number: number, ids: string, decision: Decided["decision"]): Decided => ({
  number,
  ids: ids.split(" "),
  decision,
  edited: null,
});

test("equal decisions go together, and an edit by itself", () => {
  const edited = { question: "Q", answer: "A" };
  assert.deepEqual(
    batches([
      decided(1, "a", "accepted"),
      decided(2, "b", "rejected"),
      decided(3, "c d", "accepted"),
      { ...decided(4, "e", "accepted"), edited },
    ]),
    [
      { ids: ["a", "c", "d"], decision: "accepted", edited: null },
      { ids: ["b"], decision: "rejected", edited: null },
      { ids: ["e"], decision: "accepted", edited },
    ],
  );
});

test("of several decisions about a pair the last one counts", () => {
  const queue = [decided(1, "a b", "accepted"), decided(2, "a", "rejected")];
  assert.deepEqual(
    batches(queue).map(({ ids, decision }) => [...ids, decision]),
    [
      ["b", "accepted"],
      ["a", "rejected"],
    ],
  );
});

test("nothing decided is nothing to ask for", () => {
  assert.deepEqual(batches([]), []);
});
