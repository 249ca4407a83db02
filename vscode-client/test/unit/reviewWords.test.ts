import assert from "node:assert/strict";
import { test } from "node:test";
import { inOneLine, visible, withoutLinks } from "../../src/logic/plainText";
import {
  endInWords,
  filtersInWords,
  headingOf,
  originInWords,
  progressInWords,
  refusalInWords,
  stateInWords,
} from "../../src/logic/reviewWords";
import { ALL } from "../../src/logic/reviewSession";
import { item } from "./reviewItems";

test("progress, origin, state and source of a pair", () => {
  assert.equal(progressInWords({ reviewed: 3, total: 22 }), "3 of 22 reviewed");
  assert.deepEqual(originInWords(item("1", { margin: 0.256 })), [
    "small",
    "extraction",
    "margin 0.26",
  ]);
  assert.equal(originInWords(item("1"))[2], "not judged");
  assert.equal(stateInWords(item("1", { state: "inserted" })), "in the document");
  assert.equal(stateInWords(item("1", { decision: "accepted" })), "staged, accepted");
  assert.equal(headingOf(item("1", { heading: "" })), "Its source has changed or is gone");
});

test("why a pair was refused", () => {
  const refused = item("1", {
    state: "refused",
    reasonInWords: "repeats itself",
    detail: "so, so, so",
  });
  assert.equal(refusalInWords(refused), "Refused: repeats itself (so, so, so)");
  assert.equal(refusalInWords({ ...refused, detail: "repeats itself" }), "Refused: repeats itself");
  assert.equal(refusalInWords(item("1")), "");
  assert.equal(stateInWords({ ...refused, decision: "rejected" }), "refused");
});

test("the filters that are set are named", () => {
  assert.equal(filtersInWords(ALL), "Filters");
  const set = { state: "refused", teacher: "hf:x/small", unreviewed: true, lowMarginsFirst: true };
  assert.equal(
    filtersInWords({ ...set, below: 0.2 } as typeof ALL),
    "Filters: refused, small, only unreviewed, margin below 0.2, low margins first",
  );
});

test("the end says what is left", () => {
  const end = (reviewed: number, total: number, refused: number) =>
    endInWords({ reviewed, total, refused }, "none");
  assert.equal(end(22, 22, 0), "All 22 reviewed.");
  assert.equal(end(22, 22, 1), "All 22 reviewed. 1 pair refused: press r to look.");
  assert.equal(end(20, 22, 0), "This is the end; 2 pairs not reviewed yet.");
  assert.equal(end(0, 0, 0), "Nothing is synthesized in this document.");
  assert.equal(end(0, 0, 2), "Nothing to review. 2 pairs refused: press r to look.");
  const none = { reviewed: 0, total: 2, refused: 0 };
  assert.match(endInWords(none, "other"), /filters/);
  assert.match(endInWords(none, "refused"), /report/);
});

test("what turns the direction of a text is shown, and what belongs to a script stays", () => {
  assert.equal(visible("a\u202Ecba\u202C"), "a[U+202E]cba[U+202C]");
  assert.equal(visible("a\u2066b\0\u001B[1m"), "a[U+2066]b[U+0000][U+001B][1m");
  assert.equal(visible("one\r\ntwo\tthree"), "one\ntwo\tthree");
  const persian =
    "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645 \u05D0\u200F \u{1F469}\u200D\u{1F52C}";
  assert.equal(visible(persian), persian);
  assert.equal(inOneLine(" one \n\n two\u2028x"), "one two[U+2028]x");
});

test("nothing in a message is a link", () => {
  assert.equal(withoutLinks("[x](command:y) [z]"), "[x]\u200B(command:y) [z]");
});
