import assert from "node:assert/strict";
import { test } from "node:test";
import { Clicks } from "../../src/logic/clicks";
import { markerLines } from "../../src/logic/markers";
import { changesIn, textOf } from "../../src/logic/pairChange";
import { actionsIn } from "../../src/logic/pickAction";
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

test("the second of two clicks is not meant for what has come under the mouse", () => {
  const clicks = new Clicks();
  const at = [0, 200, 450, 600, 5000];
  assert.deepEqual(
    at.map((time) => clicks.isSecond(time)),
    [false, true, true, false, false],
  );
});

test("marker lines are found by their beginning and end", () => {
  const lines = [
    "::instruction::",
    '<!-- dlm-auto-synth: synth_teacher="a" -->',
    "<!-- a comment -->",
    " <!-- dlm-auto-synth: x -->",
    '<!-- dlm-auto-harvest: source="b" -->',
  ];
  assert.deepEqual(markerLines(lines, 10), [11, 14]);
});

test("actions to pick are those that can be done, and no other command of the editor", () => {
  const action = { title: "Keep", command: "dlm.synth.keep", arguments: [{ uri: "u" }] };
  const foreign = { ...action, command: "workbench.action.quit" };
  assert.deepEqual(actionsIn({ actions: [action, foreign, null, {}] }), [action]);
  for (const nothing of [undefined, null, 5, {}, { actions: "x" }]) {
    assert.deepEqual(actionsIn(nothing), []);
  }
});

test("old pairs and new ones are two texts", () => {
  const change = {
    old: { question: "Why?", answer: "So." },
    new: { question: "Why not?", answer: "Just so." },
  };
  const changes = changesIn([change, null, { old: change.old }, { ...change, new: "x" }]);
  assert.deepEqual(changes, [change]);
  assert.equal(textOf(changes, "old"), "### Q\nWhy?\n### A\nSo.\n");
  assert.equal(textOf(changes, "new"), "### Q\nWhy not?\n### A\nJust so.\n");
  assert.deepEqual(changesIn(undefined), []);
});
