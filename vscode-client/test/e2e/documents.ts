/** Documents for the tests. */

import { town } from "./teacher";

let made = 0;

/** A document of its own about these towns, a section each. */
export function about(...towns: number[]): string {
  made += 1;
  const id = `01K7XW3Q9DGEMM4N2BT5RH${String(made).padStart(4, "0")}`;
  const sections = towns.map((number) => `${town(number)}\n`);
  return `---\ndlm_id: ${id}\nbase_model: smollm2-135m\n---\n${sections.join("\n::prose::\n")}`;
}
