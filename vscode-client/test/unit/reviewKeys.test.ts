import assert from "node:assert/strict";
import { test } from "node:test";
import { decides, pressed } from "../../src/logic/reviewKeys";
import { EMPTY } from "../../src/logic/reviewSession";
import type { Mode } from "../../src/logic/reviewSession";

const PLAIN = { ctrl: false, alt: false, shift: false };
interface Held {
  readonly mode?: Mode;
  readonly ctrl?: boolean;
  readonly alt?: boolean;
}
const press = (key: string, { mode = "reading", ...held }: Held = {}) =>
  pressed({ ...PLAIN, ...held, key }, "page", { ...EMPTY, mode });

test("each key does one thing", () => {
  const keys = ["y", "Enter", "n", "e", "j", "ArrowRight", "k", "ArrowLeft"];
  assert.deepEqual(
    keys.map((key) => press(key)),
    ["accept", "accept", "reject", "edit", "next", "next", "previous", "previous"],
  );
  assert.deepEqual(
    ["s", "a", "A", "f", "x", "Backspace"].map((key) => press(key)),
    ["skipSection", "acceptSection", "acceptAll", "filters", undefined, undefined],
  );
  assert.deepEqual(press("u"), { unreviewed: true });
  assert.deepEqual(press("m"), { lowMarginsFirst: true });
  assert.deepEqual(press("r"), { state: "refused" });
  assert.equal(press("constructor"), undefined);
});

test("some actions decide, and the others move or show", () => {
  for (const does of ["accept", "reject", "acceptSection", "acceptAll", "save"] as const) {
    assert.ok(decides(does), does);
  }
  for (const does of ["edit", "leave", "next", "previous", "skipSection", "filters"] as const) {
    assert.ok(!decides(does), does);
  }
  assert.ok(!decides({ unreviewed: true }));
});

test("keys with a modifier are the editor's", () => {
  assert.equal(press("a", { ctrl: true }), undefined);
  assert.equal(press("n", { alt: true }), undefined);
});

test("a button takes what presses it, and a field all but Escape", () => {
  const on = (key: string, focus: "button" | "field") => pressed({ ...PLAIN, key }, focus, EMPTY);
  assert.equal(on("Enter", "button"), undefined);
  assert.equal(on("y", "button"), "accept");
  assert.equal(on("y", "field"), undefined);
  assert.equal(on("Escape", "field"), "leave");
});

test("while a pair is edited, letters are letters", () => {
  assert.equal(press("y", { mode: "editing" }), undefined);
  assert.equal(press("Enter", { mode: "editing" }), undefined);
  assert.equal(press("Enter", { mode: "editing", ctrl: true }), "save");
  assert.equal(press("Escape", { mode: "editing" }), "leave");
});

test("a question is answered by yes, and by anything else with no", () => {
  assert.equal(press("y", { mode: "confirming" }), "accept");
  assert.equal(press("n", { mode: "confirming" }), "leave");
  assert.equal(press("j", { mode: "confirming" }), "leave");
});
