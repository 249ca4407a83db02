/** Paths that the user has set, and commands on PATH. */

import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join, normalize } from "node:path";
import type { Environment } from "./teacher";

const FOLDER = "${workspaceFolder}";

/** Whether a path leads into the workspace, whoever has written it. */
export function dependsOnWorkspace(path: string): boolean {
  return path.includes(FOLDER) || !(isAbsolute(path) || path.startsWith("~"));
}

/** The absolute path that is meant; undefined where it needs a folder and none is open. */
export function expanded(
  path: string,
  home: string,
  folder: string | undefined,
): string | undefined {
  if (dependsOnWorkspace(path) && folder === undefined) {
    return undefined;
  }
  const whole = path.replace(/^~(?=$|[/\\])/, home).replaceAll(FOLDER, folder ?? "");
  return normalize(isAbsolute(whole) || folder === undefined ? whole : join(folder, whole));
}

/**
 * The absolute path of a command on PATH.
 *
 * The system's own search also looks in the current folder, on some systems first.
 */
export function onPath(name: string, environment: Environment): string | undefined {
  const path = environment["PATH"] ?? environment["Path"] ?? "";
  const endings =
    process.platform === "win32" ? (environment["PATHEXT"] ?? ".EXE;.COM").split(";") : [""];
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    for (const ending of endings) {
      const file = join(folder, name + ending);
      if (isExecutable(file)) {
        return file;
      }
    }
  }
  return undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
