import assert from "node:assert/strict";
import { test } from "node:test";
import { firstWithPairs, manyInWords } from "../../src/logic/manyRuns";
import type { RunEnd } from "../../src/logic/outcome";

const end = (name: string, more: Partial<RunEnd> = {}): RunEnd => ({
  ...{ uri: `file:///${name}`, token: name, code: "inserted", message: "", inserted: 0, staged: 0 },
  ...more,
});

test("what came of several documents is summed up", () => {
  const ends = [end("a"), end("b", { inserted: 2, refused: 1 }), end("c", { staged: 3 })];
  assert.equal(manyInWords(ends, 3), "3 documents: 5 accepted, 1 refused");
  assert.equal(firstWithPairs(ends), "file:///b");
});

test("what was not done, and what failed, is told", () => {
  const failure = { code: "unreachable", message: "cannot reach it" };
  assert.equal(
    manyInWords([end("a", { failure })], 2),
    "2 documents (1 not done): 0 accepted. Some requests failed: cannot reach it",
  );
  assert.equal(firstWithPairs([end("a")]), undefined);
});
