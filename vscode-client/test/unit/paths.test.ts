import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { dependsOnWorkspace, expanded, onPath } from "../../src/logic/paths";

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

test("a tilde before a name is not the home folder", () => {
  assert.ok(dependsOnWorkspace("~other/python"));
  assert.equal(expanded("~other/python", "/home/me", "/w"), "/w/~other/python");
  assert.equal(expanded("~other/python", "/home/me", undefined), undefined);
  assert.equal(expanded("~", "/home/me", undefined), "/home/me");
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

test("on Windows, what a shell would have to start is not found", () => {
  const windows = join(folder, "windows");
  mkdirSync(windows);
  const environment = { PATH: windows, PATHEXT: ".BAT;.CMD;.EXE" };
  for (const ending of [".BAT", ".CMD", ".bat", ".cmd"]) {
    writeFileSync(join(windows, `tool${ending}`), "", { mode: 0o755 });
  }
  assert.equal(onPath("tool", environment, "win32"), undefined);
  const file = join(windows, "tool.exe");
  writeFileSync(file, "", { mode: 0o755 });
  assert.equal(onPath("tool", environment, "win32"), file);
});
