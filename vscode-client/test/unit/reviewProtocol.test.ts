import assert from "node:assert/strict";
import { test } from "node:test";
import { fromPage, reviewPage } from "../../src/logic/reviewProtocol";

const PAGE = reviewPage({
  script: "https://host/dist/review.js",
  style: "https://host/dist/review.css",
  source: "https://host",
  nonce: "c2VjcmV0",
});

test("the page may load its own script and style, and nothing else", () => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(PAGE)?.[1];
  assert.deepEqual(policy?.split("; "), [
    "default-src 'none'",
    "style-src https://host",
    "script-src 'nonce-c2VjcmV0'",
    "base-uri 'none'",
    "form-action 'none'",
  ]);
});

test("the page has one script, by its nonce, and no handler, style or picture in it", () => {
  assert.equal(PAGE.match(/<script/g)?.length, 1);
  assert.match(PAGE, /<script nonce="c2VjcmV0" src="https:\/\/host\/dist\/review\.js"><\/script>/);
  assert.doesNotMatch(PAGE, /\son\w+=|\sstyle=|<img|<iframe|command:/);
});

const URI = "file:///a.dlm";
const UNSAVED = { made: 2, mode: "editing", drafts: { a: { question: "Q", answer: "A" } } };
const DECIDED = { number: 1, ids: ["a"], decision: "accepted", edited: null };

test("what the page says is read", () => {
  const edited = { question: "Q", answer: "A" };
  for (const message of [
    { kind: "ready" },
    { kind: "show", id: "a" },
    { kind: "show", id: null },
    { kind: "decide", uri: URI, decided: DECIDED },
    { kind: "decide", uri: URI, decided: { ...DECIDED, edited } },
    { kind: "keep", unsaved: UNSAVED },
  ]) {
    assert.deepEqual(fromPage(message), message);
  }
});

test("what is nothing of ours is not", () => {
  for (const message of [
    null,
    "ready",
    { kind: "run", command: "x" },
    { kind: "show", id: 1 },
    { kind: "decide", uri: URI },
    { kind: "decide", decided: DECIDED },
    { kind: "decide", uri: 1, decided: DECIDED },
    { kind: "decide", uri: URI, decided: { ...DECIDED, decision: "maybe" } },
    { kind: "decide", uri: URI, decided: { ...DECIDED, ids: [1] } },
    { kind: "decide", uri: URI, decided: { ...DECIDED, edited: {} } },
    { kind: "keep" },
    { kind: "keep", unsaved: { ...UNSAVED, made: "2" } },
    { kind: "keep", unsaved: { ...UNSAVED, mode: "writing" } },
    { kind: "keep", unsaved: { ...UNSAVED, drafts: { a: "A" } } },
  ]) {
    assert.equal(fromPage(message), undefined);
  }
});
