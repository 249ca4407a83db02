import assert from "node:assert/strict";
import { test } from "node:test";
import { loudness } from "../../src/logic/outcome";

test("only what would go by unseen is said aloud", () => {
  for (const code of ["inserted", "cancelled", "failed"]) {
    assert.equal(loudness(code), "status", code);
  }
  for (const code of ["nothing-accepted", "staged", "not-delivered", "some-new-code"]) {
    assert.equal(loudness(code), "message", code);
  }
});
