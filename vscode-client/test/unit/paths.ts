/** Where the tests find what they test. */

import { join } from "node:path";

export const CLIENT = join(__dirname, "..", "..");
export const REPOSITORY = join(CLIENT, "..");
export const EXAMPLES = join(REPOSITORY, "examples");
