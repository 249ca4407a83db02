/** A workshop for programs of the tests. */

import type { Workshop } from "../../src/logic/pythonEnvs";

/** A workshop, and what is heard in it. */
export function workshop(given: Partial<Workshop> = {}): { shop: Workshop; heard: string[] } {
  const heard: string[] = [];
  const environment: Record<string, string> = { PATH: process.env["PATH"] ?? "" };
  const signal = new AbortController().signal;
  const shop = {
    environment,
    signal,
    ...given,
    heard: (line: string) => {
      heard.push(line);
      given.heard?.(line);
    },
  };
  return { shop, heard };
}
