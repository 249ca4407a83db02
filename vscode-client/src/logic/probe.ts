/** Probe: does a command start the server, and which version of it? */

import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { NO_ANSWER } from "./discovery";
import type { Answer } from "./discovery";

const OLDEST = 1;
const PATIENCE = 15_000;

/** Ask a command for its version. */
export function probe(
  command: string,
  args: readonly string[],
  environment: Record<string, string>,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve) => {
    // Not in the workspace's folder: what lies there must not be executed.
    const where = { cwd: homedir(), env: environment };
    const options = { ...where, timeout: PATIENCE, windowsHide: true, signal };
    try {
      const child = execFile(command, [...args, "--version"], options, (error, stdout, stderr) => {
        resolve(error ? { failure: failureOf(error, stderr) } : versionIn(stdout));
      });
      // A server that does not know --version would wait for a client.
      child.stdin?.end();
    } catch (error) {
      // What cannot be a program, such as a path below a file, is refused before it is started.
      resolve({ failure: error instanceof Error ? error.message : String(error) });
    }
  });
}

export function versionIn(stdout: string): Answer {
  const version = /^dlm-lsp (\S+)/m.exec(stdout)?.[1];
  if (version === undefined) {
    return { failure: "is not dlm-lsp" };
  }
  return Number.parseInt(version, 10) >= OLDEST
    ? { version }
    : { failure: `has dlm-lsp ${version}, which is too old` };
}

function failureOf(error: Error & { code?: unknown; killed?: boolean }, stderr: string): string {
  if (error.code === "ENOENT") {
    return "no such file";
  }
  if (error.code === "EACCES") {
    return "cannot be executed";
  }
  if (error.killed) {
    return NO_ANSWER;
  }
  const last = stderr.trim().split(/\r?\n/).at(-1);
  if (last?.includes("No module named dlm_lsp")) {
    return "has no dlm-lsp installed";
  }
  return last === undefined || last === "" ? error.message : last;
}
