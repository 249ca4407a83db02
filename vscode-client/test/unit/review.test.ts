import assert from "node:assert/strict";
import { test } from "node:test";
import {
  inDocument,
  neighbour,
  reviewTargets,
  sectionAt,
  unreviewedIn,
} from "../../src/logic/reviewTargets";
import { countsInWords, isOverview, reviewOf, sectionsOf } from "../../src/logic/overview";
import { plural } from "../../src/logic/plural";
import { tree } from "../../src/logic/tree";
import { incompleteInWords, isWorkspaceOverview } from "../../src/logic/workspaceOverview";
import { overview, section } from "./overview";

const ONE = overview(
  "file:///b.dlm",
  section("1", "inserted", [10, 14]),
  section("2", "stale", [20, 24]),
  section("3", "staged"),
);
const nameOf = (uri: string) => ({ name: uri.slice("file:///".length), folder: "notes" });

test("a tree of documents, sources and sections", () => {
  const other = overview("file:///a.dlm", section("4", "inserted", [1, 2]));
  const nodes = tree([ONE, other, overview("file:///empty.dlm")], [], nameOf);
  assert.deepEqual(
    nodes.map(({ label, description, context }) => ({ label, description, context })),
    [
      {
        label: "a.dlm",
        description: "notes · 1 inserted · 0 of 1 reviewed",
        context: "file.inserted",
      },
      {
        label: "b.dlm",
        description: "notes · 1 inserted, 1 stale, 1 staged · 0 of 3 reviewed",
        context: "file.inserted.stale.staged",
      },
    ],
  );
  const sources = nodes[1]?.children ?? [];
  assert.deepEqual(
    sources.map(({ label, context }) => [label, context]),
    [
      ["Electric trams", "source.inserted.staged"],
      ["Changed or gone", "source.stale"],
    ],
  );
  const [inserted, staged] = sources[0]?.children ?? [];
  assert.equal(inserted?.label, "Question 1?");
  assert.equal(inserted.description, "inserted · not reviewed");
  assert.equal(inserted.range?.start.line, 10);
  assert.equal(staged?.description, "staged · not reviewed · margin 0.25");
  assert.equal(staged.range?.start.line, 3, "what is staged is shown at its source");
});

test("documents that are not open come after those that are, with their counts alone", () => {
  const counts = { inserted: 2, stale: 0, staged: 1 };
  const closed = [
    { uri: "file:///d.dlm", counts, reviewed: 1 },
    { uri: "file:///c.dlm", counts: { ...counts, staged: 0 }, reviewed: 0 },
  ];
  const nodes = tree([ONE], closed, nameOf);
  assert.deepEqual(
    nodes.slice(1).map(({ label, description, context, children }) => ({
      ...{ label, description, context, children },
    })),
    [
      {
        label: "c.dlm",
        description: "notes · 2 inserted · 0 of 2 reviewed",
        context: "closed",
        children: [],
      },
      {
        label: "d.dlm",
        description: "notes · 2 inserted, 1 staged · 1 of 3 reviewed",
        context: "closed",
        children: [],
      },
    ],
  );
  assert.equal(nodes[0]?.kind, "file");
});

test("it is said where not every document of the workspace was read", () => {
  const none = { documents: [], lookedAt: 500, complete: false };
  assert.equal(incompleteInWords(none), "Only the first 500 documents of the workspace were read.");
  assert.equal(incompleteInWords({ ...none, complete: true }), "");
});

test("the answer of a server that failed is no overview of a workspace", () => {
  assert.ok(isWorkspaceOverview({ documents: [], lookedAt: 0, complete: true }));
  assert.ok(!isWorkspaceOverview({ error: "no such command", code: "defect" }));
  assert.ok(!isWorkspaceOverview(null));
});

test("a pair is described by all that one decides by, without an address or a hash", () => {
  const pair = {
    ...section("3", "staged"),
    teacher: "vllm-server:http://localhost:8000#org/towns",
    decision: "accepted" as const,
  };
  const [node] =
    tree([overview("file:///b.dlm", pair)], [], nameOf)[0]?.children[0]?.children ?? [];
  assert.deepEqual(node?.tooltip.split("\n"), [
    "Question 3?",
    "",
    "Answer 3.",
    "",
    "Evidence: “Evidence 3.”",
    "",
    "From: Electric trams",
    "By: towns · extraction · margin 0.25",
    "Written: 2026-01-31T00:00:00Z",
    "State: staged, accepted",
  ]);
});

test("a review is as far as the server says, with what was rejected and is gone", () => {
  const of = overview("file:///b.dlm", section("1", "inserted", [1, 2]));
  assert.deepEqual(reviewOf(of), { reviewed: 0, total: 1 }, "an older server");
  const review = { reviewed: 1, total: 2 };
  assert.deepEqual(reviewOf({ ...of, review }), review);
  assert.match(tree([{ ...of, review }], [], nameOf)[0]?.description ?? "", /1 of 2 reviewed$/);
  assert.equal(reviewOf({ ...of, review: { reviewed: 0, total: 0 } }), undefined);
});

test("of a server that tells of no review, none is shown", () => {
  const { id, question, state, range, teacher, strategy, at, margin } = section(
    "1",
    "inserted",
    [1, 2],
  );
  const of = overview("file:///b.dlm", {
    ...{ id, question, state, range, teacher, strategy, at, margin },
  });
  const [file] = tree([of], [], nameOf);
  assert.equal(file?.description, "notes · 1 inserted");
  assert.equal(file.children[0]?.children[0]?.description, "inserted", "without a review");
  assert.deepEqual(unreviewedIn(of), []);
});

test("a pair is unreviewed in the text until it is decided on", () => {
  const decided = { ...section("1", "inserted", [10, 14]), decision: "accepted" as const };
  const open = section("2", "inserted", [20, 24]);
  const found = unreviewedIn(overview("file:///b.dlm", decided, open, section("3", "staged")));
  assert.deepEqual(
    found.map(({ start }) => start.line),
    [20],
  );
});

test("what a teacher wrote cannot turn the words around it, nor take more than its line", () => {
  const pair = { ...section("1", "staged"), question: "\u202Egpj.exe\nsecond", answer: "\u2066x" };
  const [node] =
    tree([overview("file:///b.dlm", pair)], [], nameOf)[0]?.children[0]?.children ?? [];
  assert.equal(node?.label, "[U+202E]gpj.exe second");
  assert.match(node.tooltip, /\[U\+2066\]x/);
});

test("keys of a tree differ, and stay from one to the next", () => {
  const twice = overview("file:///b.dlm", section("1", "staged"), section("1", "staged"));
  const keys = (overviews: Parameters<typeof tree>[0]) =>
    tree(overviews, [], nameOf).flatMap(function below(node): string[] {
      return [node.key, ...node.children.flatMap(below)];
    });
  assert.equal(new Set(keys([twice])).size, keys([twice]).length);
  assert.deepEqual(keys([ONE]), keys([structuredClone(ONE)]));
});

test("what a command takes", () => {
  const sections = sectionsOf(ONE);
  assert.deepEqual(reviewTargets("keep", sections), ["1", "2"]);
  assert.deepEqual(reviewTargets("regenerate", sections), ["1", "2"]);
  assert.deepEqual(reviewTargets("apply", sections), ["3"]);
  assert.deepEqual(reviewTargets("discard", sections), ["3"]);
});

test("next and previous go round the end", () => {
  const placed = inDocument(sectionsOf(ONE));
  const go = (line: number, direction: "next" | "previous") =>
    neighbour({ line, character: 0 }, placed, direction)?.section.id;
  assert.equal(go(0, "next"), "1");
  assert.equal(go(12, "next"), "2");
  assert.equal(go(30, "next"), "1");
  assert.equal(go(30, "previous"), "2");
  assert.equal(go(22, "previous"), "1", "from within a section to the one before it");
  assert.equal(go(0, "previous"), "2");
  assert.equal(neighbour({ line: 0, character: 0 }, [], "next"), undefined);
  assert.equal(neighbour({ line: 12, character: 0 }, placed.slice(0, 1), "next"), placed[0]);
});

test("the section that the cursor is in", () => {
  const touching = [section("a", "inserted", [1, 5]), section("b", "inserted", [5, 9])];
  const placed = inDocument(touching.toReversed());
  assert.equal(sectionAt({ line: 5, character: 0 }, placed)?.section.id, "b");
  assert.equal(sectionAt({ line: 3, character: 0 }, placed)?.section.id, "a");
  assert.equal(
    sectionAt({ line: 9, character: 0 }, placed),
    undefined,
    "that line is the next section's",
  );
});

test("counts in words", () => {
  assert.equal(countsInWords(ONE.counts), "1 inserted, 1 stale, 1 staged");
  assert.equal(countsInWords({ inserted: 0, stale: 0, staged: 0 }), "");
  assert.equal(plural(1, "section"), "1 section");
  assert.equal(plural(0, "section"), "0 sections");
});

test("an answer that is no overview", () => {
  assert.ok(isOverview(ONE));
  assert.ok(!isOverview({ error: "no open document is named" }));
  assert.ok(!isOverview(null));
});
