import assert from "node:assert/strict";
import { test } from "node:test";
import { discover, isSameLaunch, triedInWords } from "../../src/logic/discovery";
import type { Answer, Offer, ServerLocation } from "../../src/logic/discovery";

const place = (name: string, offer: Offer | undefined, binding = false): ServerLocation => ({
  name,
  binding,
  look: () => Promise.resolve(offer),
});
const command = (name: string): Offer => ({ command: name, arguments: [] });
const works = (...names: string[]) => {
  return (name: string): Promise<Answer> =>
    Promise.resolve(names.includes(name) ? { version: "1.0" } : { failure: "no such file" });
};

test("the first place that works wins", async () => {
  const found = await discover(
    [
      place("a setting", undefined, true),
      place("an extension", { absent: "not installed" }),
      place("PATH", command("one")),
      place("own", command("two")),
    ],
    works("one", "two"),
  );
  assert.equal(found.launch?.command, "one");
  assert.equal(found.launch.place, "PATH");
  assert.deepEqual(found.tried, [{ place: "an extension", outcome: "not installed" }]);
});

test("what the user has set is not replaced by something else", async () => {
  const found = await discover(
    [place("dlm.path", command("wrong"), true), place("PATH", command("one"))],
    works("one"),
  );
  assert.equal(found.launch, undefined);
  assert.equal(triedInWords(found.tried), "dlm.path (wrong: no such file)");
});

test("nothing found: all that was tried is named", async () => {
  const found = await discover(
    [place("an extension", { absent: "not installed" }), place("PATH", command("one"))],
    works(),
  );
  assert.equal(triedInWords(found.tried), "an extension (not installed); PATH (one: no such file)");
});

test("two launches are the same where command, arguments and version are", () => {
  const launch = { command: "a", arguments: ["-m", "x"], place: "p", version: "1" };
  assert.ok(isSameLaunch(launch, { ...launch, place: "q" }));
  assert.ok(!isSameLaunch(launch, { ...launch, arguments: ["-m x"] }));
  assert.ok(!isSameLaunch(launch, { ...launch, version: "2" }));
});
