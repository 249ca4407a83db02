/** Estimate of a run: what it would ask and cost, as the server tells it in one line. */

/** The server's command that tells it, to which nobody is asked and nothing is sent. */
export const ESTIMATE = "dlm.synth.estimate";

const REGENERATE = "dlm.synth.regenerate";

/** What to ask the server about a synthesis that is to be run by `command`. */
export function estimateArgument(command: string, argument: unknown): object | undefined {
  const uri = typeof argument === "string" ? { uri: argument } : argument;
  if (typeof uri !== "object" || uri === null) {
    return undefined;
  }
  return command === REGENERATE ? { ...uri, regenerate: true } : uri;
}

/** The line in the server's answer; undefined where it has none. */
export function estimateText(answer: unknown): string | undefined {
  const text =
    typeof answer === "object" && answer !== null && "text" in answer ? answer.text : undefined;
  return typeof text === "string" && text !== "" ? text : undefined;
}

/** What the question whether text may be sent to a host says below it. */
export function consentDetail(host: string, estimate: string | undefined): string {
  const what = `The teacher gets the prose of the document and the pairs that were already written about it. They go to ${host}.`;
  const once = "You are asked once for this workspace.";
  return estimate === undefined
    ? `${what} ${once}`
    : `${what}\n\nThis run: ${estimate}.\n\n${once}`;
}
