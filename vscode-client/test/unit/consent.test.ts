import assert from "node:assert/strict";
import { test } from "node:test";
import { decide, documentOf, namedVerifier } from "../../src/logic/consent";

const TRUSTED = { environment: {}, trusted: true, agreed: [] };

test("a remote host is asked about once", () => {
  const host = "api.openai.com";
  assert.deepEqual(decide("openai:m", TRUSTED), { kind: "ask", host });
  assert.deepEqual(decide("openai:m", { ...TRUSTED, agreed: [host] }), { kind: "go" });
  assert.equal(decide("anthropic:m", { ...TRUSTED, agreed: [host] }).kind, "ask");
});

test("nobody is asked about this machine", () => {
  assert.deepEqual(decide("hf:m", { ...TRUSTED, trusted: false }), { kind: "go" });
});

test("an untrusted workspace sends nothing, whatever was agreed to", () => {
  const host = "api.anthropic.com";
  assert.deepEqual(decide("anthropic:m", { ...TRUSTED, trusted: false, agreed: [host] }), {
    kind: "refuse",
    host,
  });
});

test("a verifier that is named is asked beside the teacher, with the filter that has one", () => {
  for (const verify of ["openai:m", "plugin", "C:\\m.gguf"]) {
    assert.equal(namedVerifier("sway", verify), verify);
    assert.equal(namedVerifier("dedup-only", verify), null);
  }
  for (const verify of ["auto", "OFF ", ""]) {
    assert.equal(namedVerifier("sway", verify), null);
  }
});

test("the document of a command", () => {
  assert.equal(documentOf({ uri: "file:///a.dlm", sections: [] }), "file:///a.dlm");
  assert.equal(documentOf("file:///a.dlm"), "file:///a.dlm");
  assert.equal(documentOf(undefined), undefined);
  assert.equal(documentOf({ uri: 1 }), undefined);
});
