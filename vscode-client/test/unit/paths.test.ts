import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { dependsOnWorkspace, expanded, onPath } from "../../src/logic/paths";
import { pythonsOnPath, requirement } from "../../src/logic/pythons";

const folder = mkdtempSync(join(tmpdir(), "dlm-"));
after(() => {
  rmSync(folder, { recursive: true });
});

test("paths are made whole", () => {
  assert.equal(expanded("~/bin/python", "/home/me", undefined), "/home/me/bin/python");
  assert.equal(expanded("${workspaceFolder}/.venv/bin/python", "/h", "/w"), "/w/.venv/bin/python");
  assert.equal(expanded(".venv/bin/python", "/h", "/w"), "/w/.venv/bin/python");
  assert.equal(expanded("/usr/bin/python", "/h", "/w"), "/usr/bin/python");
  assert.equal(expanded(".venv/bin/python", "/h", undefined), undefined);
});

test("paths into the workspace are told", () => {
  assert.ok(dependsOnWorkspace("./python"));
  assert.ok(dependsOnWorkspace("${workspaceFolder}/python"));
  assert.ok(dependsOnWorkspace("python"));
  assert.ok(!dependsOnWorkspace("/usr/bin/python"));
  assert.ok(!dependsOnWorkspace("~/python"));
});

test(
  "a command is found on PATH, never in the current folder",
  { skip: process.platform === "win32" },
  () => {
    const file = join(folder, "tool");
    writeFileSync(file, "");
    mkdirSync(join(folder, "other", "tool"), { recursive: true });
    const environment = {
      PATH: ["", ".", "relative", join(folder, "other"), folder].join(delimiter),
    };
    assert.equal(onPath("tool", environment), undefined);
    chmodSync(file, 0o755);
    assert.equal(onPath("tool", environment), file);
    assert.equal(onPath("tool", {}), undefined);
  },
);

test("each Python is found once", { skip: process.platform === "win32" }, () => {
  for (const name of ["python3", "python3.12"]) {
    writeFileSync(join(folder, name), "", { mode: 0o755 });
  }
  assert.deepEqual(pythonsOnPath({ PATH: folder }), [
    join(folder, "python3"),
    join(folder, "python3.12"),
  ]);
});

test("what pip is asked for", () => {
  assert.equal(requirement(["local", "tiny"]), "dlm-lsp[local,tiny]>=1");
  assert.equal(requirement([]), "dlm-lsp>=1");
});
