import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { INSTALL_CHOICES } from "../../src/logic/installChoices";
import { REPOSITORY } from "./paths";

test("every extra that a command of the extension needs can be installed", () => {
  const project = readFileSync(join(REPOSITORY, "pyproject.toml"), "utf8");
  const [, table = ""] = /^\[project\.optional-dependencies\]\n([^]*?)^\[/m.exec(project) ?? [];
  const extras = [...table.matchAll(/^(\w+) = /gm)].map(([, name]) => name);
  // A cluster and notes in other formats are of the shell; the last brings everything.
  const ofTheShell = ["ray", "import", "all"];
  const offered = INSTALL_CHOICES.flatMap((choice) => choice.extras);
  assert.deepEqual([...offered, ...ofTheShell].sort(), extras.sort());
});
