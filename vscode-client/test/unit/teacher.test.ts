import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, remoteHost, withoutSecrets } from "../../src/logic/teacher";

test("what is on this machine goes nowhere", () => {
  for (const selector of [
    "self",
    " self ",
    "hf:gemma-3-270m",
    "hf:https://example.org",
    "vllm-server:http://localhost:8000",
    "vllm-server:http://127.0.0.1:8000/v1#org/model",
    "vllm-server:http://[::1]:8000",
    "vllm-server:http://user:word@box.localhost",
  ]) {
    assert.equal(remoteHost(selector, {}), null, selector);
  }
});

test("the host that the text goes to", () => {
  assert.equal(remoteHost("openai:gpt-5", {}), "api.openai.com");
  assert.equal(remoteHost("anthropic:claude", {}), "api.anthropic.com");
  assert.equal(remoteHost("vllm-server:https://GPU.example:8000/v1#m", {}), "gpu.example");
  assert.equal(remoteHost("vllm-server:http://localhost@evil.example", {}), "evil.example");
  assert.equal(remoteHost("vllm-server:http://localhost.example", {}), "localhost.example");
});

test("base addresses of the environment are honoured", () => {
  const at = (url: string) => ({ OPENAI_BASE_URL: url, ANTHROPIC_BASE_URL: url });
  assert.equal(remoteHost("openai:m", at("https://proxy.example/v1")), "proxy.example");
  assert.equal(remoteHost("anthropic:m", at(" http://localhost:9 ")), null);
  assert.equal(remoteHost("openai:m", at("  ")), "api.openai.com");
});

test("what cannot be read counts as remote", () => {
  // The URL class and the server disagree about some of these.
  for (const address of [
    "http://localhost\\@evil.example",
    "http://local\thost",
    "localhost:8000",
    "",
    "file:///etc",
  ]) {
    assert.notEqual(remoteHost(`vllm-server:${address}`, {}), null, address);
  }
  assert.equal(remoteHost("gemini:flash", {}), "gemini");
});

test("addresses", () => {
  assert.equal(addressOf("vllm-server:http://a:1/v1#m", {}), "http://a:1/v1");
  assert.equal(addressOf("hf:x", {}), undefined);
});

test("secrets in an address are not shown", () => {
  assert.equal(
    withoutSecrets("vllm-server:https://me:word@host.example/v1?key=abc#m"),
    "vllm-server:https://…@host.example/v1?…#m",
  );
  assert.equal(withoutSecrets("openai:gpt-5"), "openai:gpt-5");
});
