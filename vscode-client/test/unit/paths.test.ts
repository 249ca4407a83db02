import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { dependsOnWorkspace, expanded, onPath } from "../../src/logic/paths";
import { prepare, interpretersOnPath, requirement, run } from "../../src/logic/pythonEnvs";

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

test("each Python is found once", { skip: process.platform === "win32" }, () => {
  for (const name of ["python3", "python3.12"]) {
    writeFileSync(join(folder, name), "", { mode: 0o755 });
  }
  assert.deepEqual(interpretersOnPath({ PATH: folder }), [
    join(folder, "python3"),
    join(folder, "python3.12"),
  ]);
});

test("what pip is asked for", () => {
  assert.equal(requirement(["local", "tiny"]), "dlm-synth[local,tiny]>=1.0.0");
  assert.equal(requirement([]), "dlm-synth>=1.0.0");
});

test(
  "an environment that has pip is not made anew",
  { skip: process.platform === "win32" },
  async () => {
    const interpreter = join(folder, "environment", "bin", "python");
    mkdirSync(join(folder, "environment", "bin"), { recursive: true });
    writeFileSync(interpreter, '#!/bin/sh\ntest "$*" = "-m pip --version"\n', { mode: 0o755 });
    const { workshop, heard } = shop();
    await prepare(interpreter, workshop);
    assert.deepEqual(heard, [`${interpreter} -m pip --version`]);
  },
);

test(
  "an environment without pip is made by a Python on PATH that is new enough",
  { skip: process.platform === "win32" },
  async () => {
    const interpreter = join(folder, "broken", "bin", "python");
    mkdirSync(join(folder, "broken", "bin"), { recursive: true });
    writeFileSync(interpreter, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    const bin = join(folder, "some-bin");
    mkdirSync(bin);
    await assert.rejects(prepare(interpreter, shop(bin).workshop), /no Python 3\.11 or later/);
    writeFileSync(join(bin, "python3"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    writeFileSync(join(bin, "python"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
    const { workshop, heard } = shop(bin);
    await prepare(interpreter, workshop);
    assert.equal(heard.at(-1), `${join(bin, "python")} -m venv ${join(folder, "broken")}`);
  },
);

test("a program that fails says why, on either stream", async () => {
  for (const stream of ["stdout", "stderr"]) {
    const program = `process.${stream}.write("some\\nreason\\n\\n"); process.exitCode = 3`;
    await assert.rejects(
      run(process.execPath, ["-e", program], shop().workshop),
      /status 3: reason$/,
    );
  }
});

test("an installation can be called off", { timeout: 10_000 }, async () => {
  const over = new AbortController();
  const { workshop } = shop();
  const heard = (line: string) => {
    if (line === "ready") {
      over.abort();
    }
  };
  const program = "console.log('ready'); setTimeout(() => {}, 20000)";
  await assert.rejects(
    run(process.execPath, ["-e", program], { ...workshop, signal: over.signal, heard }),
    { name: "AbortError" },
  );
});

function shop(path = "") {
  const heard: string[] = [];
  const workshop = {
    environment: { PATH: path },
    signal: new AbortController().signal,
    heard: (line: string) => {
      heard.push(line);
    },
  };
  return { workshop, heard };
}
