/** Log level: how grave a line of the server's log is. */

export type Level = "debug" | "info" | "warn" | "error";

const LEVELS: Readonly<Record<string, Level>> = {
  DEBUG: "debug",
  INFO: "info",
  WARNING: "warn",
  ERROR: "error",
  CRITICAL: "error",
};

/** A line without a level goes on from the line above it, as those of a traceback do. */
export function levelOf(line: string, above: Level): Level {
  const word = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ ([A-Z]+) /.exec(line)?.[1];
  return (word === undefined ? undefined : LEVELS[word]) ?? above;
}
