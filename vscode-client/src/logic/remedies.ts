/** Remedies: the commands that help against what stands in the way of a synthesis. */

const PROBLEMS = { "Show Problems": "workbench.actions.view.problems" };
const KEY = { "Set API Key": "dlm.setApiKey" };
const INSTALL = { Install: "dlm.installServer" };
const TEACHER = { "Choose Teacher": "dlm.chooseTeacher" };

/** The commands that may help, by the words on their buttons; `code` says what is in the way. */
export function remedies(code: string, ownServer: boolean): Readonly<Record<string, string>> {
  switch (code) {
    case "document-error":
      return PROBLEMS;
    case "missing-key":
      return { ...KEY, ...TEACHER };
    case "missing-extra":
    case "missing-judge-extra":
      // Into an environment that somebody else has made, it is for them to install.
      return ownServer ? { ...INSTALL, ...TEACHER } : TEACHER;
    default:
      return TEACHER;
  }
}
