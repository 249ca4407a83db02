import assert from "node:assert/strict";
import { test } from "node:test";
import { downloadQuestion, missingModel } from "../../src/logic/baseModel";

// As `dlm show --json` tells it.
function shown(name: string, here: boolean | null): string {
  const model = { name, on_this_machine: here, note: here ? null : "it is not here" };
  return JSON.stringify({ documents: [{ path: "notes.dlm", base_model: model }] });
}

test("a model that is not on this machine is one to download, under any of its names", () => {
  const missing = { hubId: "Qwen/Qwen3-1.7B", size: 3.4, gated: false };
  assert.deepEqual(missingModel(shown("qwen3-1.7b", false)), { name: "qwen3-1.7b", ...missing });
  assert.deepEqual(missingModel(shown("hf:Qwen/Qwen3-1.7B", false)), {
    name: "Qwen/Qwen3-1.7B",
    ...missing,
  });
  assert.deepEqual(missingModel(shown("hf:org/name", false)), {
    name: "org/name",
    hubId: "org/name",
    gated: false,
  });
});

test("what is here, or is a path, or is not told, is none", () => {
  assert.equal(missingModel(shown("qwen3-1.7b", true)), undefined);
  assert.equal(missingModel(shown("qwen3-1.7b", null)), undefined);
  for (const path of ["./models/one", "../one/two", "/models/one", "~/one", "C:\\models"]) {
    assert.equal(missingModel(shown(path, false)), undefined);
  }
  for (const output of ["", "[]", "{}", '{"documents":[]}', '{"error":"no document"}']) {
    assert.equal(missingModel(output), undefined);
  }
});

test("the question names the model, the hub and the size", () => {
  const ask = (name: string, environment = {}) => {
    const model = missingModel(shown(name, false));
    assert.ok(model);
    const { message, detail } = downloadQuestion(model, "notes.dlm", environment);
    return `${message} ${detail}`;
  };
  assert.match(
    ask("qwen3-1.7b"),
    /^Download Qwen\/Qwen3-1\.7B\? notes\.dlm [^]*from huggingface\.co\. It is about 3\.4 GB\./,
  );
  assert.doesNotMatch(ask("qwen3-1.7b"), /license/);
  assert.match(ask("llama-3.2-1b"), /license has to be accepted/);
  assert.match(ask("org/name"), /is told when the download begins/);
  assert.match(ask("org/name", { HF_ENDPOINT: "http://mirror:8080/hf" }), /from mirror:8080\./);
});
