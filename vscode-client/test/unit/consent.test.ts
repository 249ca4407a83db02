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

test("a verifier that is named is asked beside the teacher, unless it is a model by its mere name", () => {
  assert.equal(namedVerifier("openai:m"), "openai:m");
  assert.deepEqual(["auto", "off", "", "some-model"].map(namedVerifier), Array(4).fill(undefined));
});

test("the document of a command", () => {
  assert.equal(documentOf({ uri: "file:///a.dlm", sections: [] }), "file:///a.dlm");
  assert.equal(documentOf("file:///a.dlm"), "file:///a.dlm");
  assert.equal(documentOf(undefined), undefined);
  assert.equal(documentOf({ uri: 1 }), undefined);
});
