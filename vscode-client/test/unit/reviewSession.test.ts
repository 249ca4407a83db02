import assert from "node:assert/strict";
import { test } from "node:test";
import {
  act,
  ALL,
  countsOf,
  current,
  EMPTY,
  itemsOf,
  listed,
  receive,
  restart,
  withoutItems,
} from "../../src/logic/reviewSession";
import type { Action, Session } from "../../src/logic/reviewSession";
import type { ReviewItem } from "../../src/logic/reviewItems";
import { answer, item } from "./reviewItems";

const loaded = (...items: readonly ReviewItem[]) => receive(EMPTY, answer(items), 0);
const THREE = [item("1"), item("2"), item("3", { sourceId: "t" })];

/** The session after these actions, and the decisions that were made on the way. */
function after(session: Session, ...actions: readonly (Action | Action["kind"])[]) {
  const made = [];
  for (const action of actions) {
    const step = act(session, (typeof action === "string" ? { kind: action } : action) as Action);
    session = step.session;
    made.push(...(step.decided ? [step.decided] : []));
  }
  return { session, made };
}

test("each decision goes on to the next pair, and the last one to the end", () => {
  const { session, made } = after(loaded(...THREE), "accept", "reject", "accept");
  assert.deepEqual(
    made.map(({ number, ids, decision }) => [number, ...ids, decision]),
    [
      [1, "1", "accepted"],
      [2, "2", "rejected"],
      [3, "3", "accepted"],
    ],
  );
  assert.equal(session.at, null);
  assert.deepEqual(countsOf(session), { reviewed: 3, total: 3, refused: 0 });
});

test("a review begins with the first pair that nothing is decided about", () => {
  assert.equal(loaded(item("1", { decision: "accepted" }), item("2")).at, "2");
  assert.equal(loaded(item("1", { decision: "accepted" })).at, null);
});

test("what was passed over comes again round the end", () => {
  const { session } = after(loaded(...THREE), "next", "next", "accept");
  assert.equal(session.at, "1");
});

test("a decision can be made another one, and one that is made already is not sent again", () => {
  const { session, made } = after(loaded(...THREE), "accept", "previous", "accept");
  assert.equal(made.length, 1);
  assert.equal(session.at, "2");
  const other = after(session, "previous", "reject");
  assert.deepEqual(other.made.at(-1)?.decision, "rejected");
  assert.equal(itemsOf(other.session)[0]?.decision, "rejected");
});

test("to the last pair follows the end, and before the first one there is nothing", () => {
  assert.equal(after(loaded(...THREE), "previous").session.at, "1");
  assert.equal(after(loaded(...THREE), "next", "next", "next").session.at, null);
  assert.equal(after(loaded(...THREE), "next", "next", "next", "previous").session.at, "3");
});

test("a section is skipped, and the rest of one accepted at once", () => {
  assert.equal(after(loaded(...THREE), "skipSection").session.at, "3");
  const { session, made } = after(loaded(...THREE, item("4")), "reject", "acceptSection");
  assert.deepEqual(made[1]?.ids, ["2", "4"]);
  assert.equal(session.at, "3");
});

test("all that are left are accepted once that is confirmed", () => {
  const asked = after(loaded(...THREE), "reject", "acceptAll");
  assert.equal(asked.made.length, 1);
  assert.equal(asked.session.mode, "confirming");
  assert.equal(after(asked.session, "leave").session.mode, "reading");
  const { session, made } = after(asked.session, "accept");
  assert.deepEqual(made[0]?.ids, ["2", "3"]);
  assert.equal(session.at, null);
});

test("a pair is saved in other words, which are shown until the server knows them", () => {
  const draft = { question: " Which? ", answer: "This.\n" };
  const { session, made } = after(loaded(...THREE), "edit", { kind: "save", draft });
  assert.deepEqual(made[0]?.edited, { question: "Which?", answer: "This." });
  assert.equal(session.mode, "reading");
  assert.equal(itemsOf(session)[0]?.question, "Which?");
});

test("a pair without a question or an answer is not saved", () => {
  const draft = { question: "Which?", answer: " \n" };
  const { session, made } = after(loaded(...THREE), "edit", { kind: "save", draft });
  assert.deepEqual(made, []);
  assert.equal(session.mode, "editing");
});

test("a section with several pairs is not edited", () => {
  assert.equal(after(loaded(item("1", { editable: false })), "edit").session.mode, "reading");
});

test("a decision counts until the server has let go of it, done or failed", () => {
  const { session } = after(loaded(...THREE), "accept");
  const early = receive(session, answer(THREE), 0);
  assert.equal(itemsOf(early)[0]?.decision, "accepted", "it has not reached the server yet");
  const underWay = receive(session, answer(THREE, ["1"]), 1);
  assert.equal(itemsOf(underWay)[0]?.decision, "accepted");
  const failed = receive(underWay, answer(THREE), 1);
  assert.equal(itemsOf(failed)[0]?.decision, null);
  assert.equal(failed.at, "2", "nothing jumps under the hands of the user");
});

test("what failed comes into view again where all seemed to be done", () => {
  const { session } = after(loaded(item("1")), "accept");
  assert.equal(receive(session, answer([item("1")]), 1).at, "1");
});

test("what was typed is there again where the document did not take it", () => {
  const draft = { question: "Which?", answer: "### Q" };
  const { session } = after(loaded(item("1")), "edit", { kind: "save", draft });
  const failed = receive(session, answer([item("1")]), 1);
  assert.deepEqual(failed.drafts["1"], draft);
  assert.deepEqual(receive(session, answer([item("2")]), 1).drafts, {});
});

test("where the pair in view goes, the next one takes its place", () => {
  const { session } = after(loaded(...THREE), "next");
  assert.equal(receive(session, answer([THREE[0], THREE[2]]), 0).at, "3");
  assert.equal(receive(session, answer([THREE[0]]), 0).at, "1");
});

const MANY = [
  item("1", { margin: 0.9, teacher: "hf:a" }),
  item("2", { margin: 0.1, state: "inserted" }),
  item("3", { margin: null, state: "refused" }),
  item("4", { margin: 0.2, state: "refused", decision: "rejected" }),
];
const filtered = (change: Partial<Session["filter"]>) =>
  listed(after(loaded(...MANY), { kind: "filter", change }).session).map(({ id }) => id);

test("what was refused is listed on request alone, unless something was decided about it", () => {
  assert.deepEqual(filtered({}), ["1", "2", "4"]);
  assert.deepEqual(filtered({ state: "refused" }), ["3", "4"]);
  assert.deepEqual(filtered({ state: "staged" }), ["1"]);
  assert.deepEqual(countsOf(loaded(...MANY)), { reviewed: 1, total: 3, refused: 1 });
});

test("what was typed outlasts that there are no pairs for a while, and numbers go on", () => {
  const draft = { question: "Q?", answer: "A." };
  const first = act(loaded(...MANY), { kind: "reject" });
  const typed = act(act(first.session, { kind: "edit" }).session, { kind: "type", draft }).session;
  const gone = withoutItems(typed);
  assert.equal(current(gone), undefined);
  const back = receive(gone, answer(MANY), 1);
  assert.deepEqual(back.drafts, typed.drafts);
  assert.equal(Object.keys(back.drafts).length, 1);
  assert.equal(act(back, { kind: "accept" }).decided?.number, 2);
});

test("pairs are listed by teacher, unreviewed alone, and with low margins first", () => {
  assert.deepEqual(filtered({ teacher: "hf:a" }), ["1"]);
  assert.deepEqual(filtered({ unreviewed: true }), ["1", "2"]);
  assert.deepEqual(filtered({ lowMarginsFirst: true }), ["2", "4", "1"]);
  assert.deepEqual(filtered({ lowMarginsFirst: true, state: "refused" }), ["4", "3"]);
});

test("only margins below a number are listed, and none that the judge has not read", () => {
  assert.deepEqual(filtered({ below: 0.15 }), ["2"]);
  assert.deepEqual(filtered({ below: 0.5, state: "refused" }), ["4"]);
  assert.deepEqual(filtered({ below: -100 }), []);
});

test("where only the unreviewed are listed, a decision still goes on to the next one", () => {
  const change = { unreviewed: true };
  const { session } = after(loaded(...THREE), { kind: "filter", change }, "next", "accept");
  assert.equal(current(session)?.id, "3");
});

test("a refused pair can be taken anyway", () => {
  const refused = restart(loaded(...MANY), { state: "refused" });
  const { made } = after(refused, "accept");
  assert.deepEqual(made[0]?.ids, ["3"]);
});

test("a review that begins anew has no filter but the one that it is told", () => {
  const { session } = after(loaded(...MANY), { kind: "filter", change: { teacher: "hf:a" } });
  assert.deepEqual(restart(session, { state: "refused" }).filter, { ...ALL, state: "refused" });
});

test("whatever is pressed, the pair in view is a listed one, and each decision is about listed ones", () => {
  const actions = [
    "accept",
    "reject",
    "next",
    "previous",
    "skipSection",
    "acceptSection",
    "acceptAll",
    "leave",
    "edit",
  ] as const;
  let chance = 7;
  const below = (count: number) => (chance = (chance * 48271) % 2147483647) % count;
  for (let run = 0; run < 200; run += 1) {
    let session = loaded(
      ...Array.from({ length: 1 + below(6) }, (_, id) =>
        item(String(id), {
          sourceId: String(below(3)),
          state: (["staged", "inserted", "refused"] as const)[below(3)] ?? "staged",
          margin: below(4) / 4,
        }),
      ),
    );
    for (let step = 0; step < 20; step += 1) {
      const ids = listed(session).map(({ id }) => id);
      assert.ok(session.at === null || ids.includes(session.at));
      const toggled = { unreviewed: below(2) === 1, lowMarginsFirst: below(2) === 1 };
      const action: Action =
        below(5) === 0
          ? { kind: "filter", change: toggled }
          : { kind: actions[below(actions.length)] ?? "next" };
      const { session: next, decided } = act(session, action);
      assert.ok(decided?.ids.every((id) => ids.includes(id)) ?? true);
      session = below(3) === 0 ? receive(next, answer(itemsOf(next)), next.made) : next;
    }
  }
});
