/** Environment of the extension's own: a Python environment with the server that it carries. */

import { readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { requirement } from "./carriedWheel";
import type { Wheel } from "./carriedWheel";
import { probe } from "./probe";
import { capablePython, run, succeeds } from "./pythonEnvs";
import type { Workshop } from "./pythonEnvs";

const AS_MODULE = ["-m", "dlm_lsp"];
const PATIENCE = 20_000;
/** For a pip that can ask nothing, and installs into the environment whatever its user prefers. */
const FOR_PIP = { PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_NO_INPUT: "1", PIP_USER: "0" };

/** What was installed last, as a file in the environment says. */
export interface Installed {
  /** The hash of the wheel; null where its installation has not come to an end. */
  readonly wheel: string | null;
  readonly extras: readonly string[];
}

/** The interpreter of the environment in `folder`. */
export function interpreterIn(folder: string): string {
  return process.platform === "win32"
    ? join(folder, "Scripts", "python.exe")
    : join(folder, "bin", "python");
}

export function installedIn(folder: string): Installed {
  try {
    const found: unknown = JSON.parse(readFileSync(record(folder), "utf8"));
    if (typeof found === "object" && found !== null && "wheel" in found && "extras" in found) {
      return found as Installed;
    }
  } catch {
    // An earlier release has written none, and knew no other extras than can be asked for again.
  }
  return { wheel: null, extras: [] };
}

/**
 * Install a wheel with these extras, and those that were wanted before, into the environment in
 * `folder`; it is made, by the first of `interpreters` that can, where there is none.
 *
 * Where that fails or is called off, the environment is removed, unless a server in it starts.
 */
export async function install(
  folder: string,
  wheel: Wheel,
  extras: readonly string[],
  interpreters: () => Promise<readonly string[]>,
  given: Workshop,
): Promise<void> {
  const workshop = { ...given, environment: { ...given.environment, ...FOR_PIP } };
  const python = interpreterIn(folder);
  const before = installedIn(folder).extras;
  const wanted = [...new Set([...before, ...extras])].sort();
  try {
    // Windows cannot make one anew while the server runs in it.
    if (!(await succeeds(python, ["-m", "pip", "--version"], workshop))) {
      const maker = await capablePython(await interpreters(), workshop);
      await rm(folder, { recursive: true, force: true });
      await mkdir(dirname(folder), { recursive: true });
      await run(maker, ["-m", "venv", folder], workshop);
    }
    await note(folder, { wheel: null, extras: wanted });
    const pip = ["-m", "pip", "install"];
    await run(python, [...pip, requirement(wheel, wanted)], workshop);
    // Another wheel of the same version counts as installed to pip.
    await run(python, [...pip, "--no-deps", "--force-reinstall", wheel.path], workshop);
    await note(folder, { wheel: wheel.hash, extras: wanted });
  } catch (error) {
    if (await starts(folder, workshop.environment)) {
      await note(folder, { wheel: null, extras: before });
    } else {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
    throw error;
  }
}

/** What a line of pip says of how far it is, in a few words; undefined for most lines. */
export function stepIn(line: string): string | undefined {
  const [, collected] = /^Collecting ([\w.-]+)/.exec(line) ?? [];
  if (collected !== undefined) {
    return `looking for ${collected}`;
  }
  const [, name, version, size = ""] =
    /^\s+Downloading (?:\S*\/)?([\w.]+)-([\w.]+)\S*\.(?:whl|tar\.gz)( \(.*\))?$/.exec(line) ?? [];
  if (name !== undefined && version !== undefined) {
    return `downloading ${name} ${version}${size}`;
  }
  return line.startsWith("Installing collected packages:") ? "unpacking" : undefined;
}

function record(folder: string): string {
  return join(folder, "dlm-installed.json");
}

async function note(folder: string, installed: Installed): Promise<void> {
  await writeFile(record(folder), JSON.stringify(installed));
}

/** Tell whether the server in the environment starts. */
async function starts(folder: string, environment: Record<string, string>): Promise<boolean> {
  const patience = AbortSignal.timeout(PATIENCE);
  return "version" in (await probe(interpreterIn(folder), AS_MODULE, environment, patience));
}
