/** The id of the language; its settings and commands begin with it. */
export const LANGUAGE = "dlm";
