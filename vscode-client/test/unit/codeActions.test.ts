import assert from "node:assert/strict";
import { test } from "node:test";
import { synthesisAction } from "../../src/logic/codeActions";

test("which action synthesizes where the cursor is", () => {
  const action = (argument: object) => ({
    command: { command: "dlm.synth.run", arguments: [argument] },
  });
  const plain = { uri: "u", sections: ["a"] };
  assert.deepEqual(synthesisAction([action(plain), action({ ...plain, strategy: "both" })]), {
    kind: "run",
    command: "dlm.synth.run",
    argument: plain,
  });
  assert.equal(synthesisAction([action(plain)]).kind, "run");
  assert.deepEqual(synthesisAction([action({ uri: "u" })]), { kind: "no prose" });
  assert.deepEqual(
    synthesisAction([{ disabled: { reason: "no key" }, data: { code: "missing-key" } }]),
    {
      kind: "disabled",
      reason: { code: "missing-key", message: "no key" },
    },
  );
  assert.deepEqual(synthesisAction([]), { kind: "no prose" });
});

test("what is disabled without a code is disabled all the same", () => {
  for (const data of [undefined, null, "missing-key", { code: 5 }]) {
    assert.deepEqual(synthesisAction([{ disabled: { reason: "no key" }, data }]), {
      kind: "disabled",
      reason: { code: "", message: "no key" },
    });
  }
});
