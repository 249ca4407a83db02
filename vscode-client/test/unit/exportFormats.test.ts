import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EXPORT_FORMATS } from "../../src/logic/exportFormats";
import { REPOSITORY } from "./paths";

test("the formats are those of the shell, in its order", () => {
  const commands = readFileSync(join(REPOSITORY, "docs/commands.md"), "utf8");
  const formats = EXPORT_FORMATS.map(({ label }) => label).join("|");
  assert.ok(commands.includes(formats), formats);
});
