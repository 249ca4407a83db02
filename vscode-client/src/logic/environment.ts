/** The environment that the server is started in. */

import type { Environment } from "./teacher";

/**
 * What this process has, with the keys that the user has stored on top.
 *
 * The server runs in the workspace's folder. Python would take modules from there before all
 * others, and a workspace could have anything executed; PYTHONSAFEPATH keeps it from that.
 */
export function serverEnvironment(own: Environment, keys: Environment): Record<string, string> {
  const merged: Record<string, string> = {};
  const all: Environment = { ...own, ...keys, PYTHONSAFEPATH: "1" };
  for (const [name, value] of Object.entries(all)) {
    if (value !== undefined) {
      merged[name] = value;
    }
  }
  return merged;
}
