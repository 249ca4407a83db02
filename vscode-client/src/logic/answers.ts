/** Answers: what `dlm prompt --compare --json` tells, as a text to read, or why there is none. */

import { visible } from "./plainText";
import { isRecord } from "./record";

export function answersIn(
  question: string,
  output: string,
): { readonly text?: string; readonly error?: string } {
  let told: unknown;
  try {
    told = JSON.parse(output);
  } catch {
    return {};
  }
  if (!isRecord(told)) {
    return {};
  }
  const { adapter, base, error } = told;
  if (typeof adapter === "string" && typeof base === "string") {
    const text = `${question}\n\nThe adapter:\n${adapter}\n\nThe base model:\n${base}\n`;
    return { text: visible(text) };
  }
  return typeof error === "string" ? { error } : {};
}
