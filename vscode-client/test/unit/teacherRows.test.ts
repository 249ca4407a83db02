import assert from "node:assert/strict";
import { test } from "node:test";
import { teacherItem, teacherRows } from "../../src/logic/teacherRows";
import type { TeacherRow } from "../../src/logic/teacherRows";

const SELF: TeacherRow = {
  kind: "self",
  form: "self",
  target: "",
  description: "the document's own trained adapter",
  isLocal: true,
  keyVariable: null,
  keyRequired: false,
  availability: null,
};
const OPENAI: TeacherRow = {
  kind: "openai",
  form: "openai:<model>",
  target: "<model>",
  description: "OpenAI",
  isLocal: false,
  keyVariable: "OPENAI_API_KEY",
  keyRequired: true,
  availability: null,
};
const COMPATIBLE: TeacherRow = {
  ...OPENAI,
  kind: "vllm-server",
  form: "vllm-server:<url>[#model]",
  target: "<url>[#model]",
  description: "any OpenAI-compatible server (vLLM, llama.cpp, ...)",
  keyVariable: "VLLM_API_KEY",
  keyRequired: false,
};
const CARDS: TeacherRow = {
  ...OPENAI,
  kind: "cards",
  form: "cards:<file>",
  target: "<file>",
  description: "prepared pairs: from a file",
  keyVariable: "CARDS_KEY",
};
const NO_KEY = { code: "missing-key", message: "it needs a key" };

test("rows are told from the answer of a server that has none", () => {
  assert.deepEqual(teacherRows({ teachers: [SELF, CARDS] }), [SELF, CARDS]);
  for (const answer of [undefined, null, "self", {}, { error: "no" }, { teachers: "self" }]) {
    assert.equal(teacherRows(answer), undefined);
  }
});

test("a kind that takes no target is chosen at once", () => {
  assert.deepEqual(teacherItem(SELF, undefined, {}), {
    label: "$(device-desktop) The document's own trained adapter",
    description: "self",
    detail: "Text stays on this machine",
  });
});

test("an item tells where the text goes", () => {
  const detail = (row: TeacherRow, environment = {}) =>
    teacherItem(row, undefined, environment).detail;
  assert.equal(detail(OPENAI), "Text goes to api.openai.com");
  const proxy = { OPENAI_BASE_URL: "http://localhost:9" };
  assert.equal(detail(OPENAI, proxy), "Text goes to a server on this machine");
  assert.equal(detail(COMPATIBLE), "Text goes to the server that you name");
  assert.equal(detail(CARDS), "Text leaves this machine");
});

test("a title is a description without its explanation", () => {
  assert.equal(teacherItem(CARDS, undefined, {}).label, "$(cloud) Prepared pairs…");
  assert.equal(teacherItem(COMPATIBLE, true, {}).label, "$(cloud) Any OpenAI-compatible server…");
});

test("of a key that the extension keeps it knows more than the server", () => {
  const row = { ...OPENAI, availability: NO_KEY };
  assert.equal(teacherItem(row, true, {}).description, "openai:<model> · key is set");
  const without = teacherItem(row, false, {});
  assert.equal(without.description, "openai:<model> · no key yet");
  assert.equal(without.detail, "Text goes to api.openai.com");
  assert.equal(teacherItem(COMPATIBLE, false, {}).description, COMPATIBLE.form);
});

test("what is in the way of a teacher is told", () => {
  assert.equal(
    teacherItem({ ...CARDS, availability: NO_KEY }, undefined, {}).detail,
    "it needs a key",
  );
  const availability = { code: "missing-extra", message: "openai needs more than is installed" };
  assert.equal(teacherItem({ ...OPENAI, availability }, true, {}).detail, availability.message);
});
