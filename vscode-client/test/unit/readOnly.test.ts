import assert from "node:assert/strict";
import { test } from "node:test";
import { isReadOnly } from "../../src/logic/readOnly";

const matches = (glob: string) => glob.startsWith("mine");

function readOnly(include: unknown, exclude: unknown, fromPermissions = false, writable = true) {
  return isReadOnly({ include, exclude, fromPermissions }, matches, writable);
}

test("a document is read-only where a glob of the settings says so, and none takes it back", () => {
  assert.ok(readOnly({ "others/**": true, "mine/**": true }, {}));
  assert.ok(!readOnly({ "others/**": true }, {}));
  assert.ok(!readOnly({ "mine/**": false }, {}));
  assert.ok(!readOnly({ "mine/**": true }, { "mine.dlm": true }));
  assert.ok(!readOnly(undefined, null));
});

test("the rights of the file count where the settings say so", () => {
  assert.ok(readOnly({}, {}, true, false));
  assert.ok(!readOnly({}, {}, true, true));
  assert.ok(!readOnly({}, {}, false, false));
  assert.ok(!readOnly({}, { "mine.dlm": true }, true, false));
});
