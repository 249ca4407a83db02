import assert from "node:assert/strict";
import { test } from "node:test";
import { consentDetail, estimateArgument, estimateText } from "../../src/logic/estimate";

const ABOUT = { uri: "file:///a.dlm", sections: ["0123"] };
const LINE = "2 sections, 2 requests, about 646 tokens in, about 880 out, about $0.0019";

test("the estimate of a run is asked for with what the run is asked with", () => {
  assert.deepEqual(estimateArgument("dlm.synth.run", ABOUT), ABOUT);
  assert.deepEqual(estimateArgument("dlm.synth.regenerate", ABOUT), { ...ABOUT, regenerate: true });
  assert.deepEqual(estimateArgument("dlm.synth.run", ABOUT.uri), { uri: ABOUT.uri });
  assert.equal(estimateArgument("dlm.synth.run", undefined), undefined);
  assert.equal(estimateArgument("dlm.synth.run", 7), undefined);
});

test("an answer without a line is none", () => {
  assert.equal(estimateText({ estimate: {}, text: LINE }), LINE);
  for (const answer of [{ estimate: null, text: "" }, { error: "x" }, { text: 1 }, null, "x"]) {
    assert.equal(estimateText(answer), undefined);
  }
});

test("the question says what is sent, what that costs, and how often it is asked", () => {
  const detail = consentDetail("api.openai.com", LINE);
  assert.ok(detail.includes("They go to api.openai.com."));
  assert.ok(detail.includes(`This run: ${LINE}.`));
  assert.ok(detail.endsWith("You are asked once for this workspace."));
});

test("without an estimate the question is the same but for it", () => {
  const detail = consentDetail("api.openai.com", undefined);
  assert.ok(!detail.includes("This run"));
  assert.ok(detail.includes("They go to api.openai.com. You are asked once"));
});
