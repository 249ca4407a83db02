import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { locked } from "../../src/logic/lock";

const folder = mkdtempSync(join(tmpdir(), "dlm-"));
after(() => {
  rmSync(folder, { recursive: true });
});

const never = new AbortController().signal;
const place = join(folder, "below", "python");
const lockFolder = `${place}.lock`;

test("one at a time has it", async () => {
  let inside = 0;
  let most = 0;
  const body = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise(setImmediate);
    inside -= 1;
  };
  await Promise.all([1, 2, 3].map(() => locked(place, never, body)));
  assert.equal(most, 1);
  assert.ok(!existsSync(lockFolder));
});

test("it is free again where what was done has failed", async () => {
  const fails = () => Promise.reject(new Error("no"));
  await assert.rejects(locked(place, never, fails), /no/);
  assert.equal(await locked(place, never, () => Promise.resolve("done")), "done");
});

test("one whose owner gives no sign any more is taken over", async () => {
  mkdirSync(lockFolder);
  const yesterday = new Date(Date.now() - 24 * 3_600_000);
  utimesSync(lockFolder, yesterday, yesterday);
  assert.equal(await locked(place, never, () => Promise.resolve("done")), "done");
});

test("where it cannot be taken, that is told", async () => {
  const tooLong = join(folder, "x".repeat(255));
  await assert.rejects(
    locked(tooLong, never, () => Promise.resolve("done")),
    { code: "ENAMETOOLONG" },
  );
});

test("who waits for it can be called off", async () => {
  const over = new AbortController();
  await locked(place, never, async () => {
    const waiting = locked(place, over.signal, () => Promise.resolve("done"));
    over.abort();
    await assert.rejects(waiting, { name: "AbortError" });
  });
});
