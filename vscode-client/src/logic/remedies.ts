/** Remedies: the commands that help against what stands in the way of a synthesis. */

import { LANGUAGE } from "./language";
import { parted, PROVIDERS } from "./teacher";

/** Where its command has done something, it answers true, and what was wanted goes on. */
export interface Button {
  readonly label: string;
  readonly command: string;
  readonly argument?: unknown;
}

/** With a reason, whoever waits for the choice looks itself whether the teacher can be asked. */
export const CHOOSE_TEACHER: Button = {
  label: "Choose Teacher",
  command: "dlm.chooseTeacher",
};

const PROBLEMS: Button = {
  label: "Show Problems",
  command: "workbench.actions.view.problems",
};
const KEY: Button = { label: "Set API Key", command: "dlm.setApiKey" };

export const INSTALL: Button = { label: "Install", command: "dlm.installServer" };
export const CHOOSE_INTERPRETER: Button = {
  label: "Choose Interpreter",
  command: "dlm.chooseInterpreter",
};
export const SHOW_LOG: Button = { label: "Show Log", command: "dlm.showLogs" };

/** The button that opens a setting. */
export function settingButton(name: string): Button {
  const setting = `${LANGUAGE}.${name}`;
  return {
    label: `Change ${setting}`,
    command: "workbench.action.openSettings",
    argument: setting,
  };
}

/** Tell whether nothing helps but to choose a teacher, so that there is nothing else to ask. */
export function wantsChoice(code: string): boolean {
  return code === "no-teacher" || code === "no-adapter";
}

/** What may help `teacher`; `code` is what is in the way of a run on a document, or has ended it. */
export function remedies(
  code: string,
  teacher: string,
  ownServer: boolean,
  document: string,
): readonly Button[] {
  const withoutJudge: Button = {
    label: "Go On Without Judge",
    command: "dlm.filterWithoutJudge",
    argument: document,
  };
  switch (code) {
    case "document-error":
      return [PROBLEMS];
    case "missing-key":
    case "key-refused":
      // The key of a plugin's teacher is kept in the environment only.
      return keepsKeyOf(teacher) ? [KEY, CHOOSE_TEACHER] : [CHOOSE_TEACHER];
    case "missing-judge-extra":
      return ownServer ? [INSTALL, withoutJudge] : [withoutJudge];
    case "missing-extra":
      // Into an environment that somebody else has made, it is for them to install.
      return ownServer ? [INSTALL, CHOOSE_TEACHER] : [CHOOSE_TEACHER];
    case "judge-error":
      return [settingButton("judge"), settingButton("filter")];
    case "bad-option":
    case "document-copy":
      return [];
    default:
      return [CHOOSE_TEACHER];
  }
}

function keepsKeyOf(teacher: string): boolean {
  return PROVIDERS.some(({ kind }) => kind === parted(teacher).kind);
}
