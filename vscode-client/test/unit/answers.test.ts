import assert from "node:assert/strict";
import { test } from "node:test";
import { answersIn } from "../../src/logic/answers";

test("both answers are read", () => {
  const output = JSON.stringify({ question: "Why?", adapter: "So.", base: "Who knows." });
  assert.deepEqual(answersIn("Why?", output), {
    text: "Why?\n\nThe adapter:\nSo.\n\nThe base model:\nWho knows.\n",
  });
});

test("a failure is none of them, and says why", () => {
  assert.deepEqual(answersIn("Why?", '{"error": "it has no trained adapter"}'), {
    error: "it has no trained adapter",
  });
  for (const output of ["", "null", "[]", "{}", '{"adapter": "So."}']) {
    assert.deepEqual(answersIn("Why?", output), {});
  }
});
