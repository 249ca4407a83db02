/** Marker lines: which lines of a document say where a section came from. */

const MARKER = /^<!-- dlm-auto-(?:synth|mined|harvest): .*-->\s*$/;

/** The numbers of the marker lines among some lines, the first of which is `first`. */
export function markerLines(lines: readonly string[], first = 0): number[] {
  return lines.flatMap((line, index) => (MARKER.test(line) ? [first + index] : []));
}
