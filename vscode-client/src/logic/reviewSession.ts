/** Review session: which pair is in view, what was decided, and what each action does to both. */

import { isExpected } from "./reviewItems";
import type { ItemState, ReviewAnswer, ReviewItem, Verdict } from "./reviewItems";

/** `open`: all but what was refused and left so. */
export type StateFilter = "open" | ItemState;

export interface Filter {
  readonly state: StateFilter;
  /** Empty for all of them. */
  readonly teacher: string;
  readonly unreviewed: boolean;
  readonly lowMarginsFirst: boolean;
  /** Of what the judge has read, only margins below this. */
  readonly below: number | null;
}

export const ALL: Filter = {
  state: "open",
  teacher: "",
  unreviewed: false,
  lowMarginsFirst: false,
  below: null,
};

export interface Draft {
  readonly question: string;
  readonly answer: string;
}

/** A decision on its way to the server; later ones have higher numbers. */
export interface Decided {
  readonly number: number;
  readonly ids: readonly string[];
  readonly decision: Verdict;
  readonly edited: Draft | null;
}

/** `confirming`: all that are left are to be accepted, which is asked first. */
export type Mode = "reading" | "editing" | "confirming";

export interface Session {
  readonly items: readonly ReviewItem[];
  readonly underWay: readonly Decided[];
  /** How many decisions were made. */
  readonly made: number;
  /** The pair in view; null where it is past the last one. */
  readonly at: string | null;
  readonly filter: Filter;
  readonly mode: Mode;
  /** What was typed about a pair, in case that the document does not take it. */
  readonly drafts: Readonly<Record<string, Draft>>;
  readonly isLoaded: boolean;
}

/** What the extension keeps for a page that is out of sight, since the editor would save it. */
export type Unsaved = Pick<Session, "made" | "mode" | "drafts">;

export type Action =
  | { readonly kind: "accept" | "reject" | "edit" | "leave" | "next" | "previous" }
  | { readonly kind: "skipSection" | "acceptSection" | "acceptAll" }
  | { readonly kind: "save"; readonly draft: Draft }
  | { readonly kind: "type"; readonly draft: Draft }
  | { readonly kind: "filter"; readonly change: Partial<Filter> };

export interface Step {
  readonly session: Session;
  readonly decided?: Decided;
}

export const EMPTY: Session = {
  items: [],
  underWay: [],
  made: 0,
  at: null,
  filter: ALL,
  mode: "reading",
  drafts: {},
  isLoaded: false,
};

/** The items as they will be once all that was decided is carried out. */
export function itemsOf(session: Session): ReviewItem[] {
  return session.items.map((item) => {
    const last = session.underWay.findLast(({ ids }) => ids.includes(item.id));
    return last ? { ...item, decision: last.decision, ...last.edited } : item;
  });
}

/** Those that the filter lets through, in the order that they are gone through. */
export function listed(session: Session): ReviewItem[] {
  const { state, teacher, unreviewed, lowMarginsFirst, below } = session.filter;
  const found = itemsOf(session).filter(
    (item) =>
      (state === "open" ? isExpected(item) : item.state === state) &&
      (teacher === "" || item.teacher === teacher) &&
      (!unreviewed || item.decision === null) &&
      (below === null || (item.margin !== null && item.margin < below)),
  );
  return lowMarginsFirst ? found.sort((item, other) => margin(item) - margin(other)) : found;
}

export function current(session: Session): ReviewItem | undefined {
  return listed(session).find((item) => item.id === session.at);
}

export interface Counts {
  readonly reviewed: number;
  readonly total: number;
  /** Those that were refused and left so. */
  readonly refused: number;
}

export function countsOf(session: Session): Counts {
  const items = itemsOf(session);
  const expected = items.filter(isExpected);
  return {
    reviewed: expected.filter((item) => item.decision !== null).length,
    total: expected.length,
    refused: items.length - expected.length,
  };
}

/** The teachers of all items, in alphabetical order. */
export function teachersOf(session: Session): string[] {
  return [...new Set(session.items.map((item) => item.teacher))].sort();
}

/**
 * Take what the server tells. It knows of the decisions up to `known`; one that it has let go of is
 * carried out or has failed, and either way the items are right about it.
 */
export function receive(session: Session, answer: ReviewAnswer, known: number): Session {
  const before = listed(session);
  const underWay = session.underWay.filter(
    ({ number, ids }) => number > known || ids.some((id) => answer.deciding.includes(id)),
  );
  const ids = new Set(answer.items.map(({ id }) => id));
  const drafts = Object.fromEntries(Object.entries(session.drafts).filter(([id]) => ids.has(id)));
  const next = { ...session, items: answer.items, underWay, drafts, isLoaded: true };
  const now = listed(next);
  if (!session.isLoaded) {
    return atFirst(next);
  }
  if (session.at === null) {
    // What has come, or was not taken after all, is not passed over.
    const wasDone = before.every((item) => item.decision !== null);
    return wasDone ? { ...next, at: firstUndecided(now)?.id ?? null } : next;
  }
  if (now.some(({ id }) => id === session.at)) {
    return next;
  }
  // The one in view is gone: go on at its place.
  const place = before.findIndex(({ id }) => id === session.at);
  const later = new Set(before.slice(place + 1).map(({ id }) => id));
  const at = now.find(({ id }) => later.has(id)) ?? firstUndecided(now);
  return { ...next, mode: "reading", at: at?.id ?? null };
}

/** Have no pairs until there are some again; what was typed about them stays. */
export function withoutItems({ filter, made, drafts }: Session): Session {
  return { ...EMPTY, filter, made, drafts };
}

/** Begin anew, with this filter. */
export function restart(session: Session, filter: Partial<Filter>): Session {
  return atFirst({ ...session, filter: { ...ALL, ...filter }, mode: "reading" });
}

export function act(session: Session, action: Action): Step {
  const item = current(session);
  switch (action.kind) {
    case "accept":
      return session.mode === "confirming"
        ? decide(session, undecided(listed(session)), "accepted")
        : decide(session, item ? [item] : [], "accepted");
    case "reject":
      return decide(session, item ? [item] : [], "rejected");
    case "edit":
      return { session: item?.editable ? { ...session, mode: "editing" } : session };
    case "leave":
      return { session: { ...session, mode: "reading" } };
    case "type":
      return { session: withDraft(session, item, action.draft) };
    case "save":
      return save(session, item, action.draft);
    case "next":
      return { session: moved(session, 1) };
    case "previous":
      return { session: moved(session, -1) };
    case "skipSection":
      return { session: item ? { ...session, at: afterSection(session, item) } : session };
    case "acceptSection":
      return decide(session, item ? restOfSection(session, item) : [], "accepted");
    case "acceptAll": {
      const left = undecided(listed(session));
      return { session: left.length > 0 ? { ...session, mode: "confirming" } : session };
    }
    case "filter":
      return { session: filtered(session, action.change) };
  }
}

/** The pairs of the section in view that are not decided on. */
export function restOfSection(session: Session, item: ReviewItem): ReviewItem[] {
  return undecided(listed(session)).filter(({ sourceId }) => sourceId === item.sourceId);
}

export function undecided(items: readonly ReviewItem[]): ReviewItem[] {
  return items.filter(({ decision }) => decision === null);
}

function save(session: Session, item: ReviewItem | undefined, draft: Draft): Step {
  const typed = withDraft(session, item, draft);
  if (!item || draft.question.trim() === "" || draft.answer.trim() === "") {
    return { session: typed };
  }
  return decide(typed, [item], "accepted", {
    question: draft.question.trim(),
    answer: draft.answer.trim(),
  });
}

function withDraft(session: Session, item: ReviewItem | undefined, draft: Draft): Session {
  return item ? { ...session, drafts: { ...session.drafts, [item.id]: draft } } : session;
}

/** Decide, and go on to the next pair that nothing is decided about. */
function decide(
  session: Session,
  items: readonly ReviewItem[],
  decision: Verdict,
  edited: Draft | null = null,
): Step {
  if (items.length === 0) {
    return { session };
  }
  const ids = items.map(({ id }) => id);
  const at = followingUndecided(listed(session), session.at, (item) => !ids.includes(item.id));
  const reading = { ...session, mode: "reading" as const, at };
  const isNew = edited !== null || items.some((item) => item.decision !== decision);
  if (!isNew) {
    return { session: reading };
  }
  const decided = { number: session.made + 1, ids, decision, edited };
  return {
    session: { ...reading, made: decided.number, underWay: [...session.underWay, decided] },
    decided,
  };
}

/** The next one behind a place that nothing is decided about, round the end. */
function followingUndecided(
  items: readonly ReviewItem[],
  at: string | null,
  isMeant: (item: ReviewItem) => boolean,
): string | null {
  const place = items.findIndex(({ id }) => id === at);
  const inTurn = [...items.slice(place + 1), ...items.slice(0, place + 1)];
  return undecided(inTurn).find(isMeant)?.id ?? null;
}

function afterSection(session: Session, item: ReviewItem): string | null {
  const items = listed(session);
  return followingUndecided(items, item.id, (other) => other.sourceId !== item.sourceId);
}

function moved(session: Session, step: 1 | -1): Session {
  const items = listed(session);
  const place = items.findIndex(({ id }) => id === session.at);
  if (place < 0) {
    const end = step === 1 ? items[0] : items.at(-1);
    return { ...session, mode: "reading", at: end?.id ?? null };
  }
  // Behind the last one is the end; before the first one there is nothing.
  const to = Math.max(0, place + step);
  return { ...session, mode: "reading", at: items[to]?.id ?? null };
}

function filtered(session: Session, change: Partial<Filter>): Session {
  const next: Session = { ...session, filter: { ...session.filter, ...change }, mode: "reading" };
  return current(next) ? next : atFirst(next);
}

function atFirst(session: Session): Session {
  return { ...session, at: firstUndecided(listed(session))?.id ?? null };
}

function firstUndecided(items: readonly ReviewItem[]): ReviewItem | undefined {
  return items.find(({ decision }) => decision === null);
}

/** What nobody has judged comes last. */
function margin(item: ReviewItem): number {
  return item.margin ?? Number.MAX_VALUE;
}
