import assert from "node:assert/strict";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { capablePython, interpretersOnPath, run, succeeds } from "../../src/logic/pythonEnvs";
import { workshop } from "./workshop";

const folder = mkdtempSync(join(tmpdir(), "dlm-"));
after(() => {
  rmSync(folder, { recursive: true });
});

const posix = { skip: process.platform === "win32" };

/** A program in place of a Python. */
function program(name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

test("each Python is found once", posix, () => {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  for (const name of ["python3", "python3.12"]) {
    writeFileSync(join(bin, name), "", { mode: 0o755 });
  }
  assert.deepEqual(interpretersOnPath({ PATH: bin }), [
    join(bin, "python3"),
    join(bin, "python3.12"),
  ]);
});

test("the first Python that is new enough and complete makes the environment", posix, async () => {
  const old = program("old", "echo 3.10; exit 3");
  const bare = program("bare", "echo 3.12; echo No module named ensurepip >&2; exit 1");
  const good = program("good", "echo 3.11");
  assert.equal(await capablePython([old, bare, good], workshop().shop), good);
});

test("a Python without ensurepip is told with what Debian has for it", posix, async () => {
  const old = program("old", "echo 3.10; exit 3");
  const bare = program(
    "bare",
    "echo 3.12; echo \"ModuleNotFoundError: No module named 'ensurepip'\" >&2; exit 1",
  );
  await assert.rejects(capablePython([old, bare], workshop().shop), {
    message: `${bare} cannot make an environment; on Debian and Ubuntu, "sudo apt install python3.12-venv" lets it`,
  });
});

test("where there is no Python that is new enough, that is said", posix, async () => {
  const old = program("old", "echo 3.10; exit 3");
  for (const interpreters of [[], [old], ["/no/such/python"]]) {
    await assert.rejects(
      capablePython(interpreters, workshop().shop),
      /no Python 3\.11 or later was found/,
    );
  }
});

test("a program that fails says why, on either stream", async () => {
  for (const stream of ["stdout", "stderr"]) {
    const text = `process.${stream}.write("some\\nERROR: reason\\n\\n"); process.exitCode = 3`;
    await assert.rejects(run(process.execPath, ["-e", text], workshop().shop), /status 3: reason$/);
  }
});

test("a program that is not there fails, and what starts it is heard", async () => {
  const { shop, heard } = workshop();
  assert.equal(await succeeds("/no/such/program", ["-x"], shop), false);
  assert.equal(heard[0], "/no/such/program -x");
  assert.match(heard[1] ?? "", /ENOENT/);
});

test("a program that is called off is over when that is told", posix, async () => {
  const over = new AbortController();
  let id = 0;
  const { shop } = workshop({
    signal: over.signal,
    heard: (line) => {
      if (/^\d+$/.test(line)) {
        id = Number(line);
        over.abort();
      }
    },
  });
  const text = "console.log(process.pid); setTimeout(() => {}, 20000)";
  await assert.rejects(run(process.execPath, ["-e", text], shop), { name: "AbortError" });
  assert.throws(() => process.kill(id, 0), { code: "ESRCH" });
});
