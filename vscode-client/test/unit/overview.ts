/** Overviews for tests. */

import type { Overview, SynthesizedSection } from "../../src/logic/overview";
import { countsOf } from "../../src/logic/overview";

export function section(
  id: string,
  state: SynthesizedSection["state"],
  lines?: readonly [number, number],
): SynthesizedSection {
  const range = lines
    ? { start: { line: lines[0], character: 0 }, end: { line: lines[1], character: 0 } }
    : null;
  return {
    id,
    question: `Question ${id}?`,
    answer: `Answer ${id}.`,
    evidence: `Evidence ${id}.`,
    state,
    range,
    teacher: "hf:x",
    strategy: "extraction",
    at: "2026-01-31T00:00:00Z",
    margin: state === "staged" ? 0.25 : null,
    decision: null,
  };
}

export function overview(uri: string, ...sections: readonly SynthesizedSection[]): Overview {
  const stale = sections.filter((entry) => entry.state === "stale");
  const range = { start: { line: 3, character: 0 }, end: { line: 9, character: 0 } };
  return {
    uri,
    version: 1,
    teacher: "hf:x",
    verifier: null,
    availability: null,
    running: 0,
    counts: countsOf(sections),
    sources: [
      {
        id: "s1",
        title: "Electric trams",
        range,
        sections: sections.filter((entry) => entry.state !== "stale"),
      },
      { id: "s2", title: "Nothing yet", range, sections: [] },
      ...(stale.length > 0
        ? [{ id: null, title: "Changed or gone", range: null, sections: stale }]
        : []),
    ],
  };
}
