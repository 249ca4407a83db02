/** Lock: what one process at a time does, of all windows of the editor. */

import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { LockOptions } from "proper-lockfile";

const PAUSE = 300;
/** After this many milliseconds without a sign of its owner it is taken over. */
const STALE = 20_000;

/**
 * Do something while no other process does it at this `place`, which need not be there.
 *
 * A lock whose owner is gone is taken over. Where that happens to one who slept too long, the signal
 * that `body` is given ends it.
 */
export async function locked<T>(
  place: string,
  signal: AbortSignal,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  await mkdir(dirname(place), { recursive: true });
  const taken = new AbortController();
  const onCompromised = (error: Error) => {
    taken.abort(error);
  };
  const release = await free(place, { realpath: false, stale: STALE, onCompromised }, signal);
  try {
    return await body(AbortSignal.any([signal, taken.signal]));
  } catch (error) {
    taken.signal.throwIfAborted();
    throw error;
  } finally {
    if (!taken.signal.aborted) {
      await release();
    }
  }
}

async function free(
  place: string,
  options: LockOptions,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  // From here on it listens for signals, in a process that is not ours alone.
  const { lock } = await import("proper-lockfile");
  for (;;) {
    try {
      return await lock(place, options);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ELOCKED")) {
        throw error;
      }
      await setTimeout(PAUSE, undefined, { signal });
    }
  }
}
