import assert from "node:assert/strict";
import { test } from "node:test";
import { act, ALL, EMPTY, receive } from "../../src/logic/reviewSession";
import { reviewState, stateIn } from "../../src/logic/reviewState";
import { answer, item } from "./reviewItems";

const STATE = { uri: "file:///a.dlm", at: "a", filter: ALL };

test("what is kept of a review is read again", () => {
  for (const state of [
    STATE,
    { ...STATE, at: null },
    { ...STATE, filter: { ...ALL, state: "refused", teacher: "hf:a", below: 0.5 } },
  ]) {
    assert.deepEqual(stateIn(JSON.parse(JSON.stringify(state))), state);
  }
});

test("nothing that was written or typed is kept", () => {
  const draft = { question: "Typed?", answer: "Typed." };
  const loaded = receive(EMPTY, answer([item("1", { evidence: "Said." })]), 0);
  const { session } = act(act(loaded, { kind: "edit" }).session, { kind: "type", draft });
  const state = reviewState("file:///a.dlm", session);
  assert.deepEqual(state, { uri: "file:///a.dlm", at: "1", filter: ALL });
});

test("what is no state, or that of another release, is none", () => {
  const { below, ...older } = ALL;
  for (const state of [
    undefined,
    null,
    "file:///a.dlm",
    [],
    {},
    { ...STATE, uri: 1 },
    { ...STATE, at: undefined },
    { ...STATE, filter: null },
    { ...STATE, filter: { ...older, above: below } },
    { ...STATE, filter: { ...ALL, state: "toString" } },
    { ...STATE, filter: { ...ALL, teacher: null } },
    { ...STATE, filter: { ...ALL, unreviewed: 1 } },
    { at: "a", filter: ALL, drafts: {}, made: 1, mode: "reading" },
  ]) {
    assert.equal(stateIn(state), undefined, JSON.stringify(state));
  }
});
