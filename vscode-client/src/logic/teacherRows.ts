/** Rows of the table of teachers, as the server tells them, and the items that they are drawn as. */

import type { Unavailable } from "./overview";
import { addressOf, remoteHost } from "./teacher";
import type { Environment } from "./teacher";

/** One kind of teacher. */
export interface TeacherRow {
  readonly kind: string;
  /** Such as `openai:<model>`. */
  readonly form: string;
  /** The placeholder for what follows the colon; empty where nothing does. */
  readonly target: string;
  readonly description: string;
  readonly isLocal: boolean;
  readonly keyVariable: string | null;
  readonly keyRequired: boolean;
  /** null where nothing is in the way of it. */
  readonly availability: Unavailable | null;
}

/** What a quick pick shows of a kind of teacher. */
export interface TeacherItem {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

/** The rows in the answer of a server; undefined where it holds none. */
export function teacherRows(answer: unknown): readonly TeacherRow[] | undefined {
  return typeof answer === "object" &&
    answer !== null &&
    "teachers" in answer &&
    Array.isArray(answer.teachers)
    ? (answer.teachers as TeacherRow[])
    : undefined;
}

/** The item of a row; `hasKey` is undefined where the extension keeps no key for the kind. */
export function teacherItem(
  row: TeacherRow,
  hasKey: boolean | undefined,
  environment: Environment,
): TeacherItem {
  const key = row.keyRequired && hasKey !== undefined ? keyInWords(hasKey) : "";
  const isUnavailable =
    row.availability !== null && !(row.availability.code === "missing-key" && key !== "");
  return {
    label: `$(${iconOf(row)}) ${titleOf(row)}`,
    description: `${row.form}${key}`,
    detail: isUnavailable ? row.availability.message : whereTextGoes(row, environment),
  };
}

function keyInWords(hasKey: boolean): string {
  return hasKey ? " · key is set" : " · no key yet";
}

function iconOf(row: TeacherRow): string {
  return row.isLocal ? "device-desktop" : "cloud";
}

/** Who it is: a description without what it explains after a colon or in brackets. */
function titleOf(row: TeacherRow): string {
  const [who = ""] = row.description.split(/: | \(/);
  return `${who.charAt(0).toUpperCase()}${who.slice(1)}${row.target === "" ? "" : "…"}`;
}

function whereTextGoes(row: TeacherRow, environment: Environment): string {
  if (row.isLocal) {
    return "Text stays on this machine";
  }
  const selector = `${row.kind}:`;
  const address = addressOf(selector, environment);
  if (address === undefined) {
    return "Text leaves this machine";
  }
  return address === ""
    ? "Text goes to the server that you name"
    : `Text goes to ${remoteHost(selector, environment) ?? "a server on this machine"}`;
}
