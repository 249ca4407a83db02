import assert from "node:assert/strict";
import { test } from "node:test";
import { Crashes } from "../../src/logic/crashes";
import { debugInformation } from "../../src/logic/debugInformation";
import { serverEnvironment } from "../../src/logic/environment";
import { levelOf } from "../../src/logic/logLine";
import { ulid } from "../../src/logic/ulid";

test("stored keys count before those of the environment", () => {
  const environment = serverEnvironment(
    { OPENAI_API_KEY: "old", HOME: "/h", GONE: undefined },
    { OPENAI_API_KEY: "new" },
  );
  assert.deepEqual(environment, { OPENAI_API_KEY: "new", HOME: "/h", PYTHONSAFEPATH: "1" });
});

const FACTS = {
  extension: "dlm-lsp.dlm 1.0.0",
  editor: "Code 1.91",
  system: "linux",
  home: "/home/jane",
  state: "running",
  launch: { place: "dlm.path", command: "/home/jane/bin/dlm-lsp", version: "1.0.0" },
  tried: [{ place: "PATH", outcome: "not found" }],
  trusted: false,
  settings: { "dlm.teacher": "vllm-server:https://me:word@gpu.example?key=abc#m" },
  variables: { OPENAI_API_KEY: true, VLLM_API_KEY: false },
  documents: [{ counts: "2 inserted", unavailable: "missing-key" }],
};

test("debug information has no secrets and no name in it", () => {
  const text = debugInformation(FACTS);
  assert.doesNotMatch(text, /jane|word|abc/);
  for (const words of [
    "dlm.path (~/bin/dlm-lsp)",
    "not trusted",
    "PATH (not found)",
    "gpu.example",
    "OPENAI_API_KEY is set",
    "VLLM_API_KEY is not set",
    "2 inserted, cannot be synthesized from (missing-key)",
  ]) {
    assert.ok(text.includes(words), `${words} in ${text}`);
  }
});

test("debug information has no home folder in it, however Windows writes it", () => {
  const text = debugInformation({
    ...FACTS,
    home: "C:\\Users\\Jane (x)",
    launch: { place: "dlm.path", command: "c:\\users\\jane (x)\\dlm-lsp.exe", version: "1.0.0" },
    settings: {
      "dlm.path": "c:\\Users\\Jane (x)\\dlm-lsp.exe",
      "dlm.interpreter": "C:/Users/Jane (x)/python.exe",
      "dlm.teacher": 'vllm-server:http://me:wo"rd@host?key=a"bc',
    },
  });
  assert.doesNotMatch(text, /jane|rd@|bc/i);
  for (const words of ["(~\\dlm-lsp.exe)", '"~\\\\dlm-lsp.exe"', '"~/python.exe"', "…@host?…"]) {
    assert.ok(text.includes(words), `${words} in ${text}`);
  }
});

test("a home folder that is no name hides nothing", () => {
  for (const home of ["", "/", "C:\\"]) {
    assert.ok(debugInformation({ ...FACTS, home }).includes("/home/jane/bin/dlm-lsp"), home);
  }
});

test("lines of the log have a level, and go on with it", () => {
  assert.equal(levelOf("2026-01-31 10:00:00,123 WARNING dlm_lsp.x: y", "info"), "warn");
  assert.equal(levelOf("2026-01-31 10:00:00,123 ERROR dlm_lsp.x: y", "info"), "error");
  assert.equal(levelOf("Traceback (most recent call last):", "error"), "error");
  assert.equal(levelOf("no level ERROR here", "info"), "info");
});

test("a ULID is one for the format, and later ones sort later", () => {
  assert.match(ulid(Date.now()), /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
  assert.ok(ulid(1_000) < ulid(2_000));
  assert.notEqual(ulid(1), ulid(1));
});

test("a server that dies often is given up; one that dies now and then is not", () => {
  const often = new Crashes();
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((second) => often.tooMany(second * 1_000)),
    [false, false, false, false, true],
  );
  const seldom = new Crashes();
  assert.ok([1, 2, 3, 4, 5, 6].every((hour) => !seldom.tooMany(hour * 3_600_000)));
});
