/** Review protocol: what the review's page and the extension say to each other. */

import { page } from "./page";
import type { PageParts } from "./page";
import { isRecord } from "./record";
import type { ReviewAnswer } from "./reviewItems";
import type { Decided, Draft, Filter, Unsaved } from "./reviewSession";

export type ToPage =
  /** What the server tells of a document; it knows of the decisions up to `known`. */
  | {
      readonly kind: "items";
      readonly uri: string;
      readonly answer: ReviewAnswer;
      readonly known: number;
    }
  /** The extension has heard of a decision, or of the pair in view. */
  | { readonly kind: "heard" }
  /** The user wants to begin anew, with this filter. */
  | { readonly kind: "restart"; readonly filter: Partial<Filter> }
  /** The page was out of sight, and this is what it kept here. */
  | { readonly kind: "resume"; readonly unsaved: Unsaved }
  /** There are no pairs, and why. */
  | { readonly kind: "gone"; readonly message: string }
  /** Nobody knows what there is: what is in view stays, and nothing can be decided. */
  | { readonly kind: "silent"; readonly message: string };

export type FromPage =
  | { readonly kind: "ready" }
  /** `uri`: the document whose pairs were in view, which need not be the panel's any more. */
  | { readonly kind: "decide"; readonly uri: string; readonly decided: Decided }
  /** This pair is in view; null for none. */
  | { readonly kind: "show"; readonly id: string | null }
  | { readonly kind: "keep"; readonly unsaved: Unsaved };

/** What the page says where the extension that has opened it is gone, as after a restart of all. */
export const DEAF =
  "Nobody hears this page any more: the editor has started its extensions anew. What was decided last is not carried out. “dlm: Review Synthesized Pairs” goes on; copy what you have typed before.";

/** The review's page. */
export function reviewPage(parts: PageParts): string {
  return page(parts, "Review", BODY);
}

const BODY = `    <header>
      <p class="progress">
        <strong id="progress"></strong>
        <span id="place"></span>
      </p>
      <progress id="bar" aria-hidden="true"></progress>
      <details id="filters">
        <summary><span id="filtersInWords"></span> <kbd aria-hidden="true">f</kbd></summary>
        <label>Pairs <select id="state" aria-keyshortcuts="r"></select></label>
        <label>Teacher <select id="teacher"></select></label>
        <label><input id="unreviewed" type="checkbox" aria-keyshortcuts="u" /> Only unreviewed <kbd>u</kbd></label>
        <label><input id="lowMarginsFirst" type="checkbox" aria-keyshortcuts="m" /> Low margins first <kbd>m</kbd></label>
        <label>Margin below <input id="below" type="number" step="0.05" /></label>
      </details>
    </header>
    <main id="pair" tabindex="0" aria-label="Pair">
      <p id="trouble" role="alert" hidden></p>
      <article id="card" hidden>
        <p class="origin"><span id="heading" dir="auto"></span> <span id="itemState" class="badge"></span></p>
        <h1 id="question" dir="auto"></h1>
        <p id="answer" dir="auto"></p>
        <figure id="evidenceFigure">
          <figcaption>Evidence</figcaption>
          <blockquote id="evidence" dir="auto"></blockquote>
        </figure>
        <p id="refusal" role="note" dir="auto"></p>
        <p id="origin" class="origin"></p>
      </article>
      <form id="editor" hidden>
        <label for="newQuestion">Question</label>
        <textarea id="newQuestion" rows="3" dir="auto"></textarea>
        <label for="newAnswer">Answer</label>
        <textarea id="newAnswer" rows="8" dir="auto"></textarea>
      </form>
      <p id="end" hidden></p>
      <p id="confirm" role="alert" hidden></p>
    </main>
    <footer role="toolbar" aria-label="Review"></footer>
    <div id="said" aria-live="polite"></div>`;

/** Read what a page says; undefined where that is nothing of ours. */
export function fromPage(message: unknown): FromPage | undefined {
  if (!isRecord(message)) {
    return undefined;
  }
  const { kind, id, uri, decided, unsaved } = message;
  if (kind === "ready") {
    return { kind };
  }
  if (kind === "show" && (typeof id === "string" || id === null)) {
    return { kind, id };
  }
  if (kind === "decide" && typeof uri === "string" && isDecided(decided)) {
    return { kind, uri, decided };
  }
  if (kind === "keep" && isUnsaved(unsaved)) {
    return { kind, unsaved };
  }
  return undefined;
}

function isDecided(value: unknown): value is Decided {
  return (
    isRecord(value) &&
    typeof value["number"] === "number" &&
    Array.isArray(value["ids"]) &&
    value["ids"].every((id) => typeof id === "string") &&
    (value["decision"] === "accepted" || value["decision"] === "rejected") &&
    (value["edited"] === null || isDraft(value["edited"]))
  );
}

function isUnsaved(value: unknown): value is Unsaved {
  return (
    isRecord(value) &&
    typeof value["made"] === "number" &&
    ["reading", "editing", "confirming"].includes(String(value["mode"])) &&
    isRecord(value["drafts"]) &&
    Object.values(value["drafts"]).every(isDraft)
  );
}

function isDraft(value: unknown): value is Draft {
  return (
    isRecord(value) && typeof value["question"] === "string" && typeof value["answer"] === "string"
  );
}
