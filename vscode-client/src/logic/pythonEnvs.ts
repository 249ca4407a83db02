/** Python environments: interpreters on this machine, and what is installed into one of our own. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { onPath } from "./paths";
import type { Environment } from "./teacher";

const NAMES =
  process.platform === "win32"
    ? ["python", "python3"]
    : ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"];

/** Every interpreter on PATH, once each. */
export function interpretersOnPath(environment: Environment): string[] {
  const found = NAMES.map((name) => onPath(name, environment)).filter((path) => path !== undefined);
  return [...new Set(found)];
}

/** A program for Python that fails where it is too old for the server. */
const IS_NEW_ENOUGH = "import sys; sys.exit(sys.version_info < (3, 11))";

/** The server's name on a package index, where `dlm-lsp` is another program. */
export const DISTRIBUTION = "dlm-synth";

/** What pip is to install, with these extras: from the first version on that this extension suits. */
export function requirement(extras: readonly string[]): string {
  return `${DISTRIBUTION}${extras.length > 0 ? `[${extras.join(",")}]` : ""}>=1.0.0`;
}

/** Where programs run, who hears of them, and what ends them. */
export interface Workshop {
  readonly environment: Record<string, string>;
  readonly signal: AbortSignal;
  /** Called with each command, and with each line that it writes. */
  readonly heard: (line: string) => void;
}

/** Have a Python environment with pip whose interpreter is `interpreter`. */
export async function prepare(interpreter: string, workshop: Workshop): Promise<void> {
  // Windows cannot make one anew while the server runs in it.
  if (
    existsSync(interpreter) &&
    (await succeeds(interpreter, ["-m", "pip", "--version"], workshop))
  ) {
    return;
  }
  const folder = dirname(dirname(interpreter));
  await mkdir(dirname(folder), { recursive: true });
  for (const python of interpretersOnPath(workshop.environment)) {
    if (await succeeds(python, ["-c", IS_NEW_ENOUGH], workshop)) {
      await run(python, ["-m", "venv", folder], workshop);
      return;
    }
  }
  throw new Error("there is no Python 3.11 or later on PATH");
}

/** Run a program to its end; where that is not a good one, its last line says why. */
export function run(command: string, args: readonly string[], workshop: Workshop): Promise<void> {
  const { environment, signal, heard } = workshop;
  heard([command, ...args].join(" "));
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: homedir(),
      env: environment,
      signal,
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    let last = "";
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on("line", (line) => {
        heard(line);
        last = line.trim() || last;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) {
        resolve();
      } else {
        const how = `${args.slice(0, 3).join(" ")} ended with status ${code ?? "unknown"}`;
        reject(new Error(last === "" ? how : `${how}: ${last}`));
      }
    });
  });
}

async function succeeds(
  command: string,
  args: readonly string[],
  workshop: Workshop,
): Promise<boolean> {
  try {
    await run(command, args, workshop);
    return true;
  } catch (error) {
    workshop.signal.throwIfAborted();
    workshop.heard(`${command}: ${String(error)}`);
    return false;
  }
}
