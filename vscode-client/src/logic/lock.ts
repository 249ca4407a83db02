/** Lock: a file that one process at a time has, of all windows of the editor. */

import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";

const PAUSE = 300;
/** After this many milliseconds its owner is not believed any more: another may have its number. */
const LONGEST = 3_600_000;

/** Do something while no other process does it; a lock whose owner is gone is taken over. */
export async function locked<T>(
  file: string,
  signal: AbortSignal,
  body: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  while (!(await taken(file))) {
    await setTimeout(PAUSE, undefined, { signal });
  }
  try {
    return await body();
  } finally {
    await rm(file, { force: true });
  }
}

async function taken(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    if (!(await isOwned(file))) {
      await rm(file, { force: true });
    }
    return false;
  }
}

async function isOwned(file: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(file);
    const owner = await readFile(file, "utf8");
    // It is made empty, and has its owner a moment later.
    return Date.now() - mtimeMs < LONGEST && (owner === "" || isAlive(Number(owner)));
  } catch {
    // Removed by now: it is tried again.
    return true;
  }
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
