/** Paths of what is tested. */

import { join } from "node:path";

export const CLIENT = join(__dirname, "..", "..");
export const REPOSITORY = join(CLIENT, "..");
export const EXAMPLES = join(REPOSITORY, "examples");
