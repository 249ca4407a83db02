import assert from "node:assert/strict";
import { test } from "node:test";
import { remedies, wantsChoice } from "../../src/logic/remedies";

const DOCUMENT = "file:///notes/hives.dlm";

const buttons = (code: string, ownServer = false, teacher = "openai:gpt-5") =>
  remedies(code, teacher, ownServer, DOCUMENT).map(({ label }) => label);

test("a missing or a rejected key can be set, and another teacher chosen", () => {
  for (const code of ["missing-key", "key-refused"]) {
    assert.deepEqual(buttons(code), ["Set API Key", "Choose Teacher"]);
  }
});

test("no key can be set of a plugin's teacher", () => {
  assert.deepEqual(buttons("missing-key", true, "cards:pairs.txt"), ["Choose Teacher"]);
});

test("what is missing is installed only into the extension's own environment", () => {
  assert.deepEqual(buttons("missing-extra", true), ["Install", "Choose Teacher"]);
  assert.deepEqual(buttons("missing-extra"), ["Choose Teacher"]);
});

test("where the judge cannot run, one can do without it", () => {
  assert.deepEqual(buttons("missing-judge-extra", true), ["Install", "Go On Without Judge"]);
  assert.deepEqual(buttons("missing-judge-extra"), ["Go On Without Judge"]);
});

test("the document of the run is the one that goes without judge", () => {
  const [button] = remedies("missing-judge-extra", "openai:gpt-5", false, DOCUMENT);
  assert.equal(button?.argument, DOCUMENT);
});

test("no other teacher helps a document that has an error", () => {
  assert.deepEqual(buttons("document-error"), ["Show Problems"]);
});

test("another teacher may help against whatever else there is", () => {
  for (const code of ["no-teacher", "no-adapter", "store-error", "some-new-code"]) {
    assert.deepEqual(buttons(code, true), ["Choose Teacher"]);
  }
});

test("where nothing but another teacher helps, nothing else is asked", () => {
  assert.deepEqual(["no-teacher", "no-adapter", "missing-key", "store-error"].map(wantsChoice), [
    true,
    true,
    false,
    false,
  ]);
});
