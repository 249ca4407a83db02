/** Python environments: the interpreters on this machine, and programs that run to their end. */

import { spawn } from "node:child_process";
import { homedir } from "node:os";
import { createInterface } from "node:readline";
import { onPath } from "./paths";
import type { Environment } from "./teacher";

const NAMES =
  process.platform === "win32"
    ? ["python", "python3", "py"]
    : ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"];

/** Every interpreter on PATH, once each. */
export function interpretersOnPath(environment: Environment): string[] {
  const found = NAMES.map((name) => onPath(name, environment)).filter((path) => path !== undefined);
  return [...new Set(found)];
}

/** Where programs run, who hears of them, and what ends them. */
export interface Workshop {
  readonly environment: Record<string, string>;
  readonly signal: AbortSignal;
  /** Called with each command, and with each line that it writes. */
  readonly heard: (line: string) => void;
}

/** A program for Python: writes its version, fails where it is too old or makes no environments. */
const CAPABILITIES = `import sys
print("%d.%d" % sys.version_info[:2])
sys.exit(3) if sys.version_info < (3, 11) else None
import ensurepip, venv`;

/** The first interpreter that is new enough for the server and can make environments. */
export async function capablePython(
  interpreters: readonly string[],
  workshop: Workshop,
): Promise<string> {
  let lacking: string | undefined;
  for (const python of interpreters) {
    const { code, lines } = await ended(python, ["-c", CAPABILITIES], workshop);
    if (code === 0) {
      return python;
    }
    if (lines.some((line) => line.includes("No module named"))) {
      lacking ??= `${python} cannot make an environment; on Debian and Ubuntu, "sudo apt install python${lines[0] ?? "3"}-venv" lets it`;
    }
  }
  throw new Error(
    lacking ?? "no Python 3.11 or later was found; install one, or choose it as dlm.interpreter",
  );
}

/** Run a program to its end; where that is not a good one, its last line says why. */
export async function run(
  command: string,
  args: readonly string[],
  workshop: Workshop,
): Promise<void> {
  const { code, lines } = await ended(command, args, workshop);
  if (code !== 0) {
    const how = `${args.slice(0, 3).join(" ")} ended with status ${code ?? "unknown"}`;
    const last = lines.at(-1)?.replace(/^ERROR: /, "");
    throw new Error(last === undefined ? how : `${how}: ${last}`);
  }
}

/** Tell whether a program runs to a good end. */
export async function succeeds(
  command: string,
  args: readonly string[],
  workshop: Workshop,
): Promise<boolean> {
  return (await ended(command, args, workshop)).code === 0;
}

interface Ending {
  /** Null where a signal has ended it, or it could not be started. */
  readonly code: number | null;
  /** What it has written, without empty lines. */
  readonly lines: readonly string[];
}

/** Run a program; called off, it is over when this rejects, so that its files can be removed. */
function ended(command: string, args: readonly string[], workshop: Workshop): Promise<Ending> {
  const { environment, signal, heard } = workshop;
  signal.throwIfAborted();
  heard([command, ...args].join(" "));
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: homedir(),
      env: environment,
      signal,
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    const lines: string[] = [];
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on("line", (line) => {
        heard(line);
        lines.push(...[line.trim()].filter((text) => text !== ""));
      });
    }
    child.on("error", (error) => {
      if (!signal.aborted) {
        lines.push(error.message);
        heard(error.message);
      }
    });
    child.on("close", (code) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
      } else {
        resolve({ code: code !== null && code < 0 ? null : code, lines });
      }
    });
  });
}
