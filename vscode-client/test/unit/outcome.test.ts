import assert from "node:assert/strict";
import { test } from "node:test";
import { outcome } from "../../src/logic/outcome";
import type { RunEnd } from "../../src/logic/outcome";

const button = (label: string) => ({ label, command: label });
const BY = {
  teacher: "openai:gpt-5",
  ownServer: false,
  review: button("Review"),
  showWhy: button("Show Why"),
  report: button("Show Report"),
  retry: button("Retry"),
};
const END = { uri: "file:///a.dlm", token: "dlm-1", inserted: 0, staged: 0 };
const tell = (end: Partial<RunEnd>) => {
  const whole = { ...END, code: "inserted", message: "as the server says", ...end };
  const { loudness, message, buttons } = outcome(whole, BY);
  return [loudness, message, ...buttons.map(({ label }) => label)];
};
const failure = (code: string) => ({ code, message: "why it failed" });

test("what came of a run is counted, and what was refused can be looked at", () => {
  assert.deepEqual(tell({ inserted: 3, refused: 2 }), [
    "information",
    "3 accepted, 2 refused",
    "Review",
    "Show Why",
  ]);
  assert.deepEqual(tell({ inserted: 3 }), ["information", "3 accepted", "Review"]);
});

test("where pairs went that are not seen is told as well", () => {
  assert.deepEqual(tell({ code: "staged", staged: 2, message: "2 staged (for review)" }), [
    "information",
    "2 accepted: 2 staged (for review)",
    "Review",
  ]);
});

test("a run that has failed says why, with what helps", () => {
  for (const [code, ...helps] of [
    ["key-refused", "Set API Key", "Choose Teacher"],
    ["missing-model", "Choose Teacher"],
    ["unreachable", "Choose Teacher"],
    ["judge-error", "Change dlm.judge", "Change dlm.filter"],
    ["bad-option"],
  ] as const) {
    const buttons = ["Retry", ...helps];
    assert.deepEqual(tell({ code: "failed", failure: failure(code) }), [
      "error",
      "why it failed",
      ...buttons,
    ]);
    assert.deepEqual(tell({ code: "nothing-accepted", failure: failure(code) }), [
      "warning",
      "why it failed",
      ...buttons,
    ]);
  }
});

test("a run in which something failed says what was accepted all the same", () => {
  assert.deepEqual(tell({ inserted: 1, failure: failure("unreachable") }), [
    "warning",
    "1 accepted. Some requests failed: why it failed",
    "Review",
    "Retry",
  ]);
});

test("where nothing was accepted, the button goes to what changes that", () => {
  const nothing = (cause: string, refused = 2) =>
    tell({ code: "nothing-accepted", cause, refused }).slice(2);
  assert.deepEqual(nothing("threshold"), ["Change dlm.threshold", "Show Why"]);
  assert.deepEqual(nothing("judge"), ["Change dlm.filter", "Show Why"]);
  assert.deepEqual(nothing("verifier"), ["Change dlm.verify", "Show Why"]);
  assert.deepEqual(nothing("small-teacher", 0), ["Choose Teacher", "Show Report"]);
  assert.deepEqual(nothing("invalid-replies"), [
    "Change dlm.maxNewTokens",
    "Choose Teacher",
    "Show Why",
  ]);
  assert.deepEqual(nothing("some-new-code", 0), ["Show Report"]);
});

test("what the user has done or is shown is told in passing", () => {
  for (const code of ["cancelled", "to-review", "failed", "defect"]) {
    assert.deepEqual(tell({ code }), ["status", "as the server says"], code);
  }
});

test("what was not delivered is in the report", () => {
  assert.deepEqual(tell({ code: "not-delivered", refused: 1 }), [
    "warning",
    "as the server says",
    "Review",
    "Show Why",
    "Show Report",
  ]);
});
