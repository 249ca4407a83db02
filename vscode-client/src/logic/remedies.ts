/** Remedies: the commands that help against what stands in the way of a synthesis. */

import { parted, PROVIDERS } from "./teacher";

const PROBLEMS = { "Show Problems": "workbench.actions.view.problems" };
const KEY = { "Set API Key": "dlm.setApiKey" };
const INSTALL = { Install: "dlm.installServer" };
const TEACHER = { "Choose Teacher": "dlm.chooseTeacher" };

/** Tell whether nothing helps but to choose a teacher, so that there is nothing else to ask. */
export function wantsChoice(code: string): boolean {
  return code === "no-teacher" || code === "no-adapter";
}

/** The commands that may help `teacher`, by the words on their buttons; `code` is what is in the way. */
export function remedies(
  code: string,
  teacher: string,
  ownServer: boolean,
): Readonly<Record<string, string>> {
  switch (code) {
    case "document-error":
      return PROBLEMS;
    case "missing-key":
      // The key of a plugin's teacher is kept in the environment only.
      return keepsKeyOf(teacher) ? { ...KEY, ...TEACHER } : TEACHER;
    case "missing-extra":
    case "missing-judge-extra":
      // Into an environment that somebody else has made, it is for them to install.
      return ownServer ? { ...INSTALL, ...TEACHER } : TEACHER;
    default:
      return TEACHER;
  }
}

function keepsKeyOf(teacher: string): boolean {
  return PROVIDERS.some(({ kind }) => kind === parted(teacher).kind);
}
