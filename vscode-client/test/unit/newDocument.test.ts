import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DEFAULT_BASE_MODEL, madeDocument, modelRows } from "../../src/logic/newDocument";
import { REPOSITORY } from "./paths";

test("the default comes first, and is that of the shell", () => {
  const source = join(REPOSITORY, "dlm_lsp/document/new_frontmatter.py");
  assert.ok(readFileSync(source, "utf8").includes(`DEFAULT_BASE_MODEL = "${DEFAULT_BASE_MODEL}"`));
  const [first, second] = modelRows();
  assert.deepEqual(first, {
    label: DEFAULT_BASE_MODEL,
    description: "135 million parameters, the default",
    detail: "HuggingFaceTB/SmolLM2-135M-Instruct",
  });
  assert.equal(second?.label, "gemma-3-270m");
  assert.ok(second.detail.endsWith("whose license has to be accepted on the hub first"));
});

test("models that see or hear are not offered", () => {
  const labels = modelRows().map(({ label }) => label);
  assert.ok(labels.includes("qwen3-1.7b"));
  assert.ok(!labels.includes("qwen2-vl-2b-instruct"));
  assert.equal(new Set(labels).size, labels.length);
});

test("what came of it is read from the answer", () => {
  assert.deepEqual(madeDocument('{"documents": [{"document": "/a.dlm", "sections": 0}]}'), {
    path: "/a.dlm",
  });
  assert.deepEqual(madeDocument('{"documents": [{"error": "it is there"}]}'), {
    error: "it is there",
  });
  assert.deepEqual(madeDocument('{"error": "no such model"}'), { error: "no such model" });
  assert.deepEqual(madeDocument(""), {});
  assert.deepEqual(madeDocument("{}"), {});
});
