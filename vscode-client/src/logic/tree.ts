/**
 * Tree of the view: documents, in them sources, in them what was synthesized; then the documents
 * that are not open.
 */

import { countsInWords, countsOf, reviewOf, STATES, sectionsOf } from "./overview";
import type { Overview, Range, Source, State, SynthesizedSection } from "./overview";
import { inOneLine, visible } from "./plainText";
import { progressInWords } from "./reviewWords";
import { shortTeacher } from "./teacher";
import type { DocumentCounts } from "./workspaceOverview";

export interface Node {
  readonly kind: "file" | "source" | "section" | "closed";
  /** Stays the same from one tree to the next, so that what is open stays open. */
  readonly key: string;
  readonly uri: string;
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  /** The kind and the states below it: menus choose by these. */
  readonly context: string;
  readonly icon: string;
  readonly range: Range | null;
  /** All that is below it, or the one that it is. */
  readonly sections: readonly SynthesizedSection[];
  readonly children: Node[];
}

export interface FileName {
  readonly name: string;
  readonly folder: string;
}

const GONE = "This source has changed or is gone";

const ICONS: Readonly<Record<State, string>> = {
  inserted: "pass",
  stale: "warning",
  staged: "circle-large-outline",
};

/** The tree of documents; one with nothing in it is left out. */
export function tree(
  overviews: readonly Overview[],
  closed: readonly DocumentCounts[],
  nameOf: (uri: string) => FileName,
): Node[] {
  const open = overviews
    .filter((overview) => sectionsOf(overview).length > 0)
    .map((overview) => fileNode(overview, nameOf(overview.uri)));
  return [
    ...open.sort(byName),
    ...closed.map((document) => closedNode(document, nameOf(document.uri))).sort(byName),
  ];
}

function byName(node: Node, other: Node): number {
  return node.label.localeCompare(other.label) || node.uri.localeCompare(other.uri);
}

/** A document that is not open: what is in it comes once it is. */
function closedNode({ uri, counts, reviewed }: DocumentCounts, name: FileName): Node {
  const total = STATES.reduce((sum, state) => sum + counts[state], 0);
  const words = [countsInWords(counts), progressInWords({ reviewed, total })].join(" · ");
  return {
    kind: "closed",
    // Not that of the open document: that one is expanded.
    key: `closed:${uri}`,
    uri,
    label: name.name,
    description: name.folder ? `${name.folder} · ${words}` : words,
    tooltip: `${name.name}, not open: ${words}`,
    context: "closed",
    icon: "file",
    range: null,
    sections: [],
    children: [],
  };
}

function fileNode(overview: Overview, name: FileName): Node {
  const sections = sectionsOf(overview);
  const review = reviewOf(overview);
  const counts = [
    countsInWords(countsOf(sections)),
    ...(review ? [progressInWords(review)] : []),
  ].join(" · ");
  return {
    kind: "file",
    key: overview.uri,
    uri: overview.uri,
    label: name.name,
    description: name.folder ? `${name.folder} · ${counts}` : counts,
    tooltip: `${name.name}: ${counts}`,
    context: contextOf("file", sections),
    icon: "file",
    range: null,
    sections,
    children: overview.sources
      .filter((source) => source.sections.length > 0)
      .map((source, index) => sourceNode(overview.uri, source, index)),
  };
}

function sourceNode(uri: string, source: Source, index: number): Node {
  const key = `${uri}#${source.id ?? `gone-${index}`}`;
  const counts = countsInWords(countsOf(source.sections));
  return {
    kind: "source",
    key,
    uri,
    label: inOneLine(source.title),
    description: counts,
    tooltip: source.id === null ? GONE : visible(source.title),
    context: contextOf("source", source.sections),
    icon: source.id === null ? "question" : "note",
    range: source.range,
    sections: source.sections,
    children: source.sections.map((section, at) => sectionNode(uri, source, section, key, at)),
  };
}

function sectionNode(
  uri: string,
  source: Source,
  section: SynthesizedSection,
  above: string,
  index: number,
): Node {
  return {
    kind: "section",
    // One pair can be staged twice, or staged and inserted.
    key: `${above}/${section.id}/${section.state}/${index}`,
    uri,
    label: inOneLine(section.question),
    description: [section.state, ...reviewed(section), ...margin(section)].join(" · "),
    tooltip: tooltip(source, section),
    context: contextOf("section", [section]),
    icon: ICONS[section.state],
    // What is staged is nowhere yet: its source is as near as one can get.
    range: section.range ?? source.range,
    sections: [section],
    children: [],
  };
}

/** All that one decides by, as plain text: a teacher wrote it, and Markdown would make links of it. */
function tooltip(source: Source, section: SynthesizedSection): string {
  const { question, answer = "", evidence = "", teacher, strategy } = section;
  const origin = [shortTeacher(teacher), strategy, ...margin(section)].join(" · ");
  return [
    question,
    ...(answer === "" ? [] : ["", answer]),
    ...(evidence ? ["", `Evidence: “${evidence}”`] : []),
    "",
    source.id === null ? GONE : `From: ${source.title}`,
    `By: ${origin}`,
    `Written: ${section.at}`,
    `State: ${[section.state, ...reviewed(section)].join(", ")}`,
  ]
    .map(visible)
    .join("\n");
}

function reviewed({ decision }: SynthesizedSection): string[] {
  return decision === undefined ? [] : [decision ?? "not reviewed"];
}

function margin(section: SynthesizedSection): string[] {
  return section.margin === null ? [] : [`margin ${section.margin.toFixed(2)}`];
}

function contextOf(kind: Node["kind"], sections: readonly SynthesizedSection[]): string {
  const counts = countsOf(sections);
  return [kind, ...STATES.filter((state) => counts[state] > 0)].join(".");
}
