/** The processes of a session, told from others by a variable of its own. */

import { readdirSync, readFileSync } from "node:fs";

/** The ids of the language servers that were started with this store. */
export function servers(store: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((id) => {
      const command = read(id, "cmdline");
      return command.includes("--stdio") && read(id, "environ").includes(`DLM_HOME=${store}\0`);
    })
    .map(Number);
}

/** What is read is gone as soon as the process is. */
function read(id: string, what: string): string {
  try {
    return readFileSync(`/proc/${id}/${what}`, "utf8");
  } catch {
    return "";
  }
}
