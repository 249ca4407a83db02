import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { RESTRICTED, withoutOthers } from "../../src/logic/restricted";

test("they are those of the manifest", () => {
  const manifest = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8")) as {
    capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  };
  assert.deepEqual(
    RESTRICTED.map((name) => `dlm.${name}`),
    manifest.capabilities.untrustedWorkspaces.restrictedConfigurations,
  );
});

test("what a workspace has set of them does not count, and all else does", () => {
  const settings = {
    teacher: "openai:m",
    teacherOptions: { store: true },
    judge: "hf:evil",
    verify: "openai:m",
    profile: "/elsewhere/evil.toml",
    perSection: 2,
  };
  const own: Record<string, unknown> = {
    path: "",
    interpreter: "",
    teacher: "self",
    teacherOptions: null,
    judge: null,
    verify: "auto",
    profile: null,
  };
  assert.deepEqual(
    withoutOthers(settings, (name) => own[name]),
    { ...own, perSection: 2 },
  );
  assert.deepEqual(
    withoutOthers(null, (name) => own[name]),
    own,
  );
});
