/** Review keys: what each key does where a pair is in view. */

import type { Action, Filter, Session } from "./reviewSession";

export interface Key {
  readonly key: string;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
}

/** What the focus is on: a button takes the keys that press it, a field nearly all of them. */
export type Focus = "page" | "button" | "field";

type Named = Exclude<Action, { readonly kind: "save" | "type" | "filter" }>["kind"];

/** `save`: what is in the fields; `filters`: the focus goes to the filters. */
export type Pressed = Named | "save" | "filters" | Partial<Filter>;

const PLAIN: Readonly<Record<string, Named | "filters">> = {
  y: "accept",
  Enter: "accept",
  n: "reject",
  e: "edit",
  j: "next",
  ArrowRight: "next",
  k: "previous",
  ArrowLeft: "previous",
  s: "skipSection",
  a: "acceptSection",
  A: "acceptAll",
  f: "filters",
};

const DECIDES: ReadonlySet<unknown> = new Set<Pressed>([
  "accept",
  "reject",
  "acceptSection",
  "acceptAll",
  "save",
]);

const PRESSES_A_BUTTON = ["Enter", " "];

/** Whether pairs are decided on, or will be at the next key: nothing that a held key may do. */
export function decides(does: Pressed): boolean {
  return DECIDES.has(does);
}

/** The action of a key; undefined where it is none of ours. */
export function pressed(key: Key, focus: Focus, session: Session): Pressed | undefined {
  if (key.key === "Escape") {
    return "leave";
  }
  if (session.mode === "editing") {
    return key.key === "Enter" && key.ctrl ? "save" : undefined;
  }
  if (focus === "field" || key.ctrl || key.alt) {
    return undefined;
  }
  if (focus === "button" && PRESSES_A_BUTTON.includes(key.key)) {
    return undefined;
  }
  if (session.mode === "confirming" && !["y", "Enter"].includes(key.key)) {
    return "leave";
  }
  const { filter } = session;
  switch (key.key) {
    case "u":
      return { unreviewed: !filter.unreviewed };
    case "m":
      return { lowMarginsFirst: !filter.lowMarginsFirst };
    case "r":
      return { state: filter.state === "refused" ? "open" : "refused" };
    default:
      return Object.hasOwn(PLAIN, key.key) ? PLAIN[key.key] : undefined;
  }
}
