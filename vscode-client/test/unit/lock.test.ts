import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { locked } from "../../src/logic/lock";

const folder = mkdtempSync(join(tmpdir(), "dlm-"));
after(() => {
  rmSync(folder, { recursive: true });
});

const never = new AbortController().signal;
const file = join(folder, "below", "lock");

test("one at a time has it", async () => {
  let inside = 0;
  let most = 0;
  const body = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise(setImmediate);
    inside -= 1;
  };
  await Promise.all([1, 2, 3].map(() => locked(file, never, body)));
  assert.equal(most, 1);
  assert.ok(!existsSync(file));
});

test("it is free again where what was done has failed", async () => {
  const fails = () => Promise.reject(new Error("no"));
  await assert.rejects(locked(file, never, fails), /no/);
  assert.equal(await locked(file, never, () => Promise.resolve("done")), "done");
});

test("that of a process that is gone is taken over", async () => {
  writeFileSync(file, String(spawnSync(process.execPath, ["-e", ""]).pid));
  assert.equal(await locked(file, never, () => Promise.resolve("done")), "done");
});

test("that of long ago is taken over, whatever has its number now", async () => {
  writeFileSync(file, String(process.pid));
  const yesterday = new Date(Date.now() - 24 * 3_600_000);
  utimesSync(file, yesterday, yesterday);
  assert.equal(await locked(file, never, () => Promise.resolve("done")), "done");
});

test("who waits for it can be called off", async () => {
  const over = new AbortController();
  await locked(file, never, async () => {
    const waiting = locked(file, over.signal, () => Promise.resolve("done"));
    over.abort();
    await assert.rejects(waiting, { name: "AbortError" });
  });
});
