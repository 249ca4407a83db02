/** The review's page: one pair at a time. What a teacher wrote is put in as text, never as markup. */

import { visible } from "../logic/plainText";
import { decides, pressed } from "../logic/reviewKeys";
import type { Focus, Pressed } from "../logic/reviewKeys";
import type { ReviewItem } from "../logic/reviewItems";
import { DEAF } from "../logic/reviewProtocol";
import type { FromPage, ToPage } from "../logic/reviewProtocol";
import { reviewState, stateIn } from "../logic/reviewState";
import * as review from "../logic/reviewSession";
import type { Action, Draft, Session, StateFilter } from "../logic/reviewSession";
import {
  endInWords,
  FILTERS,
  filtersInWords,
  headingOf,
  originInWords,
  progressInWords,
  refusalInWords,
  stateInWords,
} from "../logic/reviewWords";
import { shortTeacher } from "../logic/teacher";

interface Editor {
  postMessage(message: FromPage): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): Editor;

const editor = acquireVsCodeApi();
/** Milliseconds in which the extension says that it has heard something. */
const HEARING = 3_000;

interface ButtonOf {
  readonly label: string;
  readonly key: string;
  readonly does: Pressed;
}

const READING: readonly ButtonOf[] = [
  { label: "Accept", key: "y", does: "accept" },
  { label: "Reject", key: "n", does: "reject" },
  { label: "Edit", key: "e", does: "edit" },
  { label: "Previous", key: "k", does: "previous" },
  { label: "Next", key: "j", does: "next" },
  { label: "Skip section", key: "s", does: "skipSection" },
  { label: "Accept section", key: "a", does: "acceptSection" },
  { label: "Accept all", key: "A", does: "acceptAll" },
];
const EDITING: readonly ButtonOf[] = [
  { label: "Save and accept", key: "Ctrl+Enter", does: "save" },
  { label: "Leave", key: "Esc", does: "leave" },
];
const CONFIRMING: readonly ButtonOf[] = [
  { label: "Accept all", key: "y", does: "accept" },
  { label: "Cancel", key: "Esc", does: "leave" },
];
const BUTTONS = { reading: READING, editing: EDITING, confirming: CONFIRMING } as const;

const page = {
  progress: byId("progress", HTMLElement),
  place: byId("place", HTMLElement),
  bar: byId("bar", HTMLProgressElement),
  filters: byId("filters", HTMLDetailsElement),
  filtersInWords: byId("filtersInWords", HTMLElement),
  state: byId("state", HTMLSelectElement),
  teacher: byId("teacher", HTMLSelectElement),
  unreviewed: byId("unreviewed", HTMLInputElement),
  lowMarginsFirst: byId("lowMarginsFirst", HTMLInputElement),
  below: byId("below", HTMLInputElement),
  pair: byId("pair", HTMLElement),
  trouble: byId("trouble", HTMLElement),
  card: byId("card", HTMLElement),
  heading: byId("heading", HTMLElement),
  itemState: byId("itemState", HTMLElement),
  question: byId("question", HTMLElement),
  answer: byId("answer", HTMLElement),
  evidenceFigure: byId("evidenceFigure", HTMLElement),
  evidence: byId("evidence", HTMLElement),
  refusal: byId("refusal", HTMLElement),
  origin: byId("origin", HTMLElement),
  editor: byId("editor", HTMLFormElement),
  newQuestion: byId("newQuestion", HTMLTextAreaElement),
  newAnswer: byId("newAnswer", HTMLTextAreaElement),
  end: byId("end", HTMLElement),
  confirm: byId("confirm", HTMLElement),
  said: byId("said", HTMLElement),
};
const toolbar = document.querySelector("footer");

const state = stateIn(editor.getState());
// A page that was out of sight, or is there again after a restart, begins where it was.
let session: Session = state
  ? { ...review.EMPTY, at: state.at, filter: state.filter, isLoaded: true }
  : review.EMPTY;
/** The document whose pairs are in view. */
let uri = state?.uri ?? "";
let shown: string | null | undefined;
let buttonsOf = "";
let unheard: number | undefined;

for (const [value, label] of Object.entries(FILTERS)) {
  page.state.append(option(value, label));
}
window.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
  listen(data);
});
window.addEventListener("focus", () => {
  if (document.activeElement === document.body) {
    focusOnPair();
  }
});
document.addEventListener("keydown", onKey);
page.state.addEventListener("change", () => {
  run({ state: page.state.value as StateFilter });
});
page.teacher.addEventListener("change", () => {
  run({ teacher: page.teacher.value });
});
page.unreviewed.addEventListener("change", () => {
  run({ unreviewed: page.unreviewed.checked });
});
page.lowMarginsFirst.addEventListener("change", () => {
  run({ lowMarginsFirst: page.lowMarginsFirst.checked });
});
page.below.addEventListener("change", () => {
  const below = page.below.valueAsNumber;
  run({ below: Number.isNaN(below) ? null : below });
});
page.editor.addEventListener("input", () => {
  take({ kind: "type", draft: typed() });
});
renderFilters();
// The window may have had the focus before anybody listened.
focusOnPair();
editor.postMessage({ kind: "ready" });

/** Say something that has to be heard. */
function say(message: FromPage): void {
  editor.postMessage(message);
  unheard ??= window.setTimeout(() => {
    page.trouble.textContent = DEAF;
    page.trouble.hidden = false;
    // Nothing is claimed that nobody has done.
    session = { ...session, underWay: [] };
    render();
  }, HEARING);
}

function listen(message: ToPage): void {
  clearTimeout(unheard);
  unheard = undefined;
  if (message.kind === "heard") {
    page.trouble.hidden ||= page.trouble.textContent === DEAF;
    return;
  }
  if (message.kind !== "restart" && message.kind !== "resume") {
    page.trouble.hidden = message.kind !== "silent";
  }
  switch (message.kind) {
    case "items":
      uri = message.uri;
      session = review.receive(session, message.answer, message.known);
      break;
    case "restart":
      session = review.restart(session, message.filter);
      focusOnPair();
      break;
    case "resume":
      // The items follow.
      session = { ...session, ...message.unsaved };
      return;
    case "gone":
      session = review.withoutItems(session);
      render();
      page.end.hidden = false;
      page.end.textContent = message.message;
      return;
    case "silent":
      page.trouble.textContent = message.message;
      return;
  }
  render();
}

function onKey(event: KeyboardEvent): void {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (event.isComposing) {
    return;
  }
  const does = pressed(
    { key, ctrl: ctrlKey || metaKey, alt: altKey, shift: shiftKey },
    focusOf(event.target),
    session,
  );
  if (does !== undefined) {
    event.preventDefault();
    // The editor takes keys that nobody has taken for its own commands.
    event.stopPropagation();
    // A key that is held would decide about pairs that nobody has read.
    if (!event.repeat || !decides(does)) {
      run(does);
    }
  }
}

function focusOf(target: EventTarget | null): Focus {
  if (target instanceof HTMLButtonElement) {
    return "button";
  }
  if (target instanceof HTMLElement && target.tagName === "SUMMARY") {
    return "button";
  }
  const isField =
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    target instanceof HTMLInputElement;
  return isField ? "field" : "page";
}

function run(does: Pressed): void {
  if (!page.trouble.hidden && decides(does)) {
    return;
  }
  if (does === "filters") {
    page.filters.open = true;
    page.state.focus();
  } else if (typeof does === "object") {
    take({ kind: "filter", change: does });
  } else if (does === "save") {
    take({ kind: "save", draft: typed() });
  } else {
    take({ kind: does });
    if (session.mode === "editing") {
      page.newAnswer.focus();
    } else {
      focusOnPair();
    }
  }
}

function take(action: Action): void {
  const wasEditing = session.mode === "editing";
  const step = review.act(session, action);
  session = step.session;
  if (step.decided) {
    say({ kind: "decide", uri, decided: step.decided });
  }
  if (action.kind !== "type") {
    render();
  } else {
    keep();
  }
  if (wasEditing && session.mode === "reading") {
    focusOnPair();
  }
}

/** Where the window has the focus: the editor alone decides about that. */
function focusOnPair(): void {
  if (document.hasFocus()) {
    page.pair.focus();
  }
}

function typed(): Draft {
  return { question: page.newQuestion.value, answer: page.newAnswer.value };
}

function render(): void {
  const items = review.listed(session);
  const item = review.current(session);
  const counts = review.countsOf(session);
  page.progress.textContent = session.isLoaded ? progressInWords(counts) : "";
  page.place.textContent = item ? placeOf(item, items) : "";
  page.bar.max = Math.max(1, counts.total);
  page.bar.value = counts.reviewed;
  renderFilters();
  renderItem(item);
  const isFiltered = JSON.stringify(session.filter) !== JSON.stringify(review.ALL);
  const filter = session.filter.state === "refused" ? "refused" : isFiltered ? "other" : "none";
  page.end.hidden = item !== undefined || !session.isLoaded;
  page.end.textContent = endInWords(counts, filter);
  page.confirm.hidden = session.mode !== "confirming";
  page.confirm.textContent = `Accept all ${review.undecided(items).length} that are left?`;
  renderButtons(item);
  tell(item);
  keep();
}

function placeOf(item: ReviewItem, items: readonly ReviewItem[]): string {
  return `pair ${items.indexOf(item) + 1} of ${items.length}`;
}

function renderFilters(): void {
  const { state, teacher, unreviewed, lowMarginsFirst, below } = session.filter;
  const teachers = review.teachersOf(session);
  const all = teachers.includes(teacher) || teacher === "" ? teachers : [...teachers, teacher];
  const now = [option("", "All"), ...all.map((name) => option(name, visible(shortTeacher(name))))];
  if (JSON.stringify(now.map(valueOf)) !== JSON.stringify([...page.teacher.options].map(valueOf))) {
    page.teacher.replaceChildren(...now);
  }
  page.state.value = state;
  page.teacher.value = teacher;
  page.filtersInWords.textContent = filtersInWords(session.filter);
  page.unreviewed.checked = unreviewed;
  page.lowMarginsFirst.checked = lowMarginsFirst;
  page.below.value = below === null ? "" : String(below);
}

function valueOf({ value }: HTMLOptionElement): string {
  return value;
}

function renderItem(item: ReviewItem | undefined): void {
  const isEditing = session.mode === "editing";
  page.card.hidden = item === undefined || isEditing;
  page.editor.hidden = item === undefined || !isEditing;
  if (!item) {
    return;
  }
  page.heading.textContent = headingOf(item);
  page.itemState.textContent = stateInWords(item);
  page.itemState.dataset["decision"] = item.decision ?? "none";
  page.question.textContent = visible(item.question);
  page.answer.textContent = visible(item.answer);
  page.evidenceFigure.hidden = item.evidence === "";
  page.evidence.textContent = visible(item.evidence);
  const refusal = refusalInWords(item);
  page.refusal.hidden = refusal === "";
  page.refusal.textContent = refusal;
  page.origin.textContent = originInWords(item).join(" · ");
  if (isEditing && page.editor.dataset["of"] !== item.id) {
    const { question, answer } = session.drafts[item.id] ?? item;
    page.newQuestion.value = question;
    page.newAnswer.value = answer;
  }
  page.editor.dataset["of"] = isEditing ? item.id : "";
}

function renderButtons(item: ReviewItem | undefined): void {
  if (buttonsOf !== session.mode) {
    buttonsOf = session.mode;
    toolbar?.replaceChildren(...BUTTONS[session.mode].map(button));
  }
  for (const made of toolbar?.querySelectorAll("button") ?? []) {
    const isMoving = ["previous", "next"].includes(made.dataset["does"] ?? "");
    const cannotEdit = made.dataset["does"] === "edit" && item?.editable === false;
    made.disabled = (item === undefined && !isMoving) || cannotEdit;
    made.title = cannotEdit ? "This section has several pairs: edit it in the document" : "";
  }
}

function button({ label, key, does }: ButtonOf): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.setAttribute("aria-keyshortcuts", key);
  if (typeof does === "string") {
    made.dataset["does"] = does;
  }
  const keys = document.createElement("kbd");
  keys.textContent = key;
  keys.setAttribute("aria-hidden", "true");
  made.append(label, keys);
  made.addEventListener("click", () => {
    run(does);
  });
  return made;
}

/** Tell of the pair that is in view now: the editor shows where it comes from, a reader reads it. */
function tell(item: ReviewItem | undefined): void {
  const id = session.isLoaded ? (item?.id ?? null) : undefined;
  if (id === shown) {
    return;
  }
  shown = id;
  if (id === undefined) {
    return;
  }
  say({ kind: "show", id });
  page.said.textContent = item
    ? `${page.place.textContent}. ${page.question.textContent}. ${page.answer.textContent}`
    : page.end.textContent;
  page.pair.scrollTop = 0;
}

function keep(): void {
  const { made, mode, drafts } = session;
  editor.setState(reviewState(uri, session));
  editor.postMessage({ kind: "keep", unsaved: { made, mode, drafts } });
}

function option(value: string, label: string): HTMLOptionElement {
  const made = document.createElement("option");
  made.value = value;
  made.textContent = label;
  return made;
}

function byId<T extends HTMLElement>(id: string, kind: abstract new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) {
    throw new Error(id);
  }
  return found;
}
