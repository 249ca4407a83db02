/** The Python interpreters on this machine, and what the extension installs into one of its own. */

import type { Environment } from "./teacher";
import { onPath } from "./paths";

const NAMES =
  process.platform === "win32"
    ? ["python", "python3"]
    : ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"];

/** Every interpreter on PATH, once each. */
export function pythonsOnPath(environment: Environment): string[] {
  const found = NAMES.map((name) => onPath(name, environment)).filter((path) => path !== undefined);
  return [...new Set(found)];
}

/** A program for Python that fails where it is too old for the server. */
export const IS_NEW_ENOUGH = "import sys; sys.exit(sys.version_info < (3, 11))";

/** What pip is to install, with these extras. */
export function requirement(extras: readonly string[]): string {
  return `dlm-lsp${extras.length > 0 ? `[${extras.join(",")}]` : ""}>=1`;
}
