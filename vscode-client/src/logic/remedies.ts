/** What can be done about what stands in the way of a synthesis. */

/** The commands that may help, by the words on their buttons. */
export function remedies(reason: string, ownServer: boolean): Readonly<Record<string, string>> {
  if (reason.startsWith("the document has an error")) {
    return { "Show Problems": "workbench.actions.view.problems" };
  }
  return {
    ...(reason.includes("environment variable") ? { "Set API Key": "dlm.setApiKey" } : {}),
    // Into an environment that somebody else has made, it is for them to install.
    ...(reason.includes("pip install") && ownServer ? { Install: "dlm.installServer" } : {}),
    "Choose Teacher": "dlm.chooseTeacher",
  };
}
