/** The wheel of the server that the extension carries. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export interface Wheel {
  readonly path: string;
  /** What tells it from every other wheel, those of the same version too. */
  readonly hash: string;
}

/** The wheel in the extension's folder; undefined where it was not packaged with one. */
export function carriedWheel(extension: string): Wheel | undefined {
  const folder = join(extension, "server");
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return undefined;
  }
  const name = names.find((file) => file.startsWith("dlm_synth-") && file.endsWith(".whl"));
  if (name === undefined) {
    return undefined;
  }
  const path = join(folder, name);
  return { path, hash: createHash("sha256").update(readFileSync(path)).digest("hex") };
}

/** What pip is to install: the file itself, so that no index is asked for our name. */
export function requirement(wheel: Wheel, extras: readonly string[]): string {
  const wanted = extras.length > 0 ? `[${extras.join(",")}]` : "";
  return `dlm-synth${wanted} @ ${pathToFileURL(wheel.path).href}`;
}
