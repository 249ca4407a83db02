import assert from "node:assert/strict";
import { test } from "node:test";
import { remedies } from "../../src/logic/remedies";

const buttons = (reason: string, ownServer = false) => Object.keys(remedies(reason, ownServer));

test("a missing key can be set, and another teacher chosen", () => {
  const reason = "openai needs a key in the environment variable OPENAI_API_KEY";
  assert.deepEqual(buttons(reason), ["Set API Key", "Choose Teacher"]);
});

test("what is missing is installed only into the extension's own environment", () => {
  const reason = 'hf needs more than is installed: pip install "dlm-synth[local]"';
  assert.deepEqual(buttons(reason, true), ["Install", "Choose Teacher"]);
  assert.deepEqual(buttons(reason), ["Choose Teacher"]);
});

test("no other teacher helps a document that has an error", () => {
  assert.deepEqual(buttons("the document has an error: no base_model"), ["Show Problems"]);
});
