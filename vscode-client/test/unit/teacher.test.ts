import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, remoteHost, withoutSecrets, shortTeacher } from "../../src/logic/teacher";

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
    "vllm-server:localhost:8000#m",
    "vllm-server: [::1]:8000",
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
    "localhost\\@evil.example:8000",
    "localhost:pass@evil.example",
    "",
    "file:///etc",
  ]) {
    assert.notEqual(remoteHost(`vllm-server:${address}`, {}), null, address);
  }
  assert.equal(remoteHost("gemini:flash", {}), "gemini");
});

test("addresses", () => {
  assert.equal(addressOf("vllm-server:http://a:1/v1#m", {}), "http://a:1/v1");
  for (const [typed, address] of [
    ["localhost:8000", "http://localhost:8000"],
    ["gpu-box:8000", "http://gpu-box:8000"],
    ["gpu.local", "http://gpu.local"],
    ["192.168.1.7:80", "http://192.168.1.7:80"],
    ["172.16.0.1", "http://172.16.0.1"],
    ["172.32.0.1", "https://172.32.0.1"],
    ["[fd00::1]:80", "http://[fd00::1]:80"],
    ["api.groq.com/openai/v1", "https://api.groq.com/openai/v1"],
  ]) {
    assert.equal(addressOf(`vllm-server: ${typed}#m`, {}), address);
  }
  assert.equal(addressOf("hf:x", {}), undefined);
});

test("secrets in an address are not shown", () => {
  assert.equal(
    withoutSecrets("vllm-server:https://me:word@host.example/v1?key=abc#m"),
    "vllm-server:https://…@host.example/v1?…#m",
  );
  for (const [selector, shown] of [
    ["vllm-server:me:word@host.example", "vllm-server:…@host.example"],
    ["vllm-server:word@host.example", "vllm-server:…@host.example"],
    ["vllm-server:ftp://me:word@host.example", "vllm-server:ftp://…@host.example"],
    ["ftp://me:word@host.example", "ftp://…@host.example"],
    ["me:word@host.example:80/v1", "…@host.example:80/v1"],
  ] as const) {
    assert.equal(withoutSecrets(selector), shown);
  }
});

test("what is no secret is shown", () => {
  for (const selector of [
    "self",
    "openai:gpt-5",
    "hf:model@revision",
    "hf:org/model@revision",
    "vllm-server:http://host.example:8000/v1#org/model@revision",
  ]) {
    assert.equal(withoutSecrets(selector), selector);
  }
});

test("a teacher is called by its model", () => {
  for (const [selector, name] of [
    ["self", "own adapter"],
    ["openai:gpt-5", "gpt-5"],
    ["hf:org/model", "model"],
    ["hf:/home/me/models/tiny/", "tiny"],
    ["vllm-server:http://127.0.0.1:8000/v1#org/towns", "towns"],
    ["vllm-server:https://me:word@a.example/v1?key=abc#towns", "towns"],
    ["vllm-server:https://a.example", "a.example"],
    ["hf:", "hf"],
    ["", ""],
  ] as const) {
    assert.equal(shortTeacher(selector), name, selector);
  }
  assert.doesNotMatch(shortTeacher("vllm-server:https://me:word@a.example?key=abc"), /word|abc/);
});
