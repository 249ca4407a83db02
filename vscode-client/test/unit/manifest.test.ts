import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import manifest from "../../package.json";
import snippets from "../../snippets/dlm.json";
import { CLIENT, REPOSITORY } from "./paths";

interface Setting {
  readonly type: string | readonly string[];
  readonly default: unknown;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly enumDescriptions?: readonly string[];
  readonly order: number;
  readonly scope: string;
  readonly description?: string;
  readonly markdownDescription?: string;
}

const SETTINGS = manifest.contributes.configuration.flatMap((group) =>
  Object.entries<Setting>(group.properties),
);
const STARTING = ["dlm.path", "dlm.interpreter"];
const COMMANDS = manifest.contributes.commands.map((command) => command.command);
const server = (file: string) => readFileSync(join(REPOSITORY, "dlm_lsp/server", file), "utf8");

test("a workspace that is not trusted chooses nothing that is executed or sent to", () => {
  const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
  assert.deepEqual(restricted, [
    ...STARTING,
    "dlm.teacher",
    "dlm.teacherOptions",
    "dlm.judge",
    "dlm.verify",
    "dlm.profile",
  ]);
  // Whatever its name: only free text can be a path, an address or a model.
  const free = SETTINGS.filter(
    ([, { type, enum: choices, pattern }]) => !choices && !pattern && !isBounded(type),
  );
  assert.deepEqual(free.map(([name]) => name).sort(), restricted.toSorted());
  for (const [name, setting] of SETTINGS) {
    const scope = name === "dlm.profile" ? "machine" : "resource";
    assert.equal(setting.scope, STARTING.includes(name) ? "machine-overridable" : scope);
  }
});

function isBounded(type: Setting["type"]): boolean {
  return [type].flat().every((one) => ["boolean", "integer", "number", "null"].includes(one));
}

test("each command is registered, and none has a name of the server's", () => {
  const sources = ["src", "src/host"]
    .flatMap((folder) => readdirSync(join(CLIENT, folder)).map((name) => join(folder, name)))
    .filter((path) => path.endsWith(".ts"))
    .map((path) => readFileSync(join(CLIENT, path), "utf8"))
    .join("\n");
  const theirs = [...server("command_names.py").matchAll(/"(dlm\.[\w.]+)"/g)].map(
    ([, name]) => name,
  );
  assert.ok(theirs.length > 5);
  for (const command of COMMANDS) {
    const review = /^dlm\.review\.(keep|remove|regenerate|apply|discard)$/.test(command);
    assert.ok(sources.includes(review ? "`dlm.review.$" : `"${command}":`), command);
    assert.ok(!theirs.includes(command), command);
  }
});

test("menus, keys and links name commands that there are", () => {
  const links = [...JSON.stringify(manifest).matchAll(/\(command:(dlm\.[\w.]+)\)/g)];
  const used = [
    ...Object.values(manifest.contributes.menus).flat(),
    ...manifest.contributes.keybindings,
  ].map((command) => command.command);
  for (const command of [...used, ...links.map(([, command = ""]) => command)]) {
    // The editor makes one for each view.
    assert.ok(COMMANDS.includes(command) || command === "dlm.synthesized.focus", command);
  }
});

test("what acts on a document is offered where the server is", () => {
  const schemes = /SCHEMES = (\[.*\]);/.exec(
    readFileSync(join(CLIENT, "src/host/documents.ts"), "utf8"),
  )?.[1];
  const names = JSON.parse(schemes ?? "[]") as string[];
  assert.ok(names.length > 0);
  const conditions = [
    ...Object.values(manifest.contributes.menus).flat(),
    ...manifest.contributes.keybindings,
  ]
    .map((entry) => entry.when)
    .filter((when) => when.includes("LangId"));
  assert.ok(conditions.length > 20);
  for (const when of conditions) {
    assert.match(when, /\b(editor|resource)LangId == dlm\b/);
    assert.ok(when.includes(`&& resourceScheme =~ /^(${names.join("|")})$/`), when);
  }
});

test("a step of the walkthrough is done by what it is about, not by a link that may do nothing", () => {
  const [walkthrough] = manifest.contributes.walkthroughs;
  assert.deepEqual(
    Object.fromEntries(walkthrough?.steps.map((step) => [step.id, step.completionEvents]) ?? []),
    {
      server: ["onContext:dlm.serverRunning"],
      teacher: ["onSettingChanged:dlm.teacher", "onCommand:dlm.chooseTeacher"],
      synthesize: ["onContext:dlm.hasSynthesized"],
      review: [
        "onCommand:dlm.reviewPairs",
        "onCommand:dlm.review.keep",
        "onCommand:dlm.review.remove",
      ],
    },
  );
});

/** The inline buttons of a row of the view, from the right. */
function buttons(context: string): string[] {
  return manifest.contributes.menus["view/item/context"]
    .filter(({ group, when }) => {
      const pattern = /viewItem =~ \/(.*)\/$/.exec(when)?.[1];
      return group.startsWith("inline@") && pattern && new RegExp(pattern).test(context);
    })
    .sort((entry, other) => place(other.group) - place(entry.group))
    .map(({ command }) => command);
}

function place(group: string): number {
  return Number(group.replace("inline@", ""));
}

test("where Apply or Discard was pressed, Remove is not what comes under the mouse", () => {
  const rows = ["inserted", "stale", "staged", "inserted.staged", "inserted.stale.staged"];
  for (const kind of ["section", "source"]) {
    const remove = rows.map((row) => buttons(`${kind}.${row}`).indexOf("dlm.review.remove"));
    for (const row of rows.filter((row) => row.includes("staged"))) {
      for (const button of ["dlm.review.apply", "dlm.review.discard"]) {
        const at = buttons(`${kind}.${row}`).indexOf(button);
        assert.ok(at >= 0, `${row} ${button}`);
        assert.ok(!remove.includes(at), `${row} ${button}`);
      }
    }
  }
  assert.deepEqual(buttons("section.staged"), [
    "dlm.review.reveal",
    "dlm.review.discard",
    "dlm.review.apply",
  ]);
});

test("files that are named are there", () => {
  const paths = /"(\.?\/?(?:[\w-]+\/)*[\w.-]+\.(?:json|svg|png|md))"/g;
  const named = [...JSON.stringify(manifest).matchAll(paths)].map(([, path = ""]) => path);
  assert.ok(named.length > 8);
  for (const path of named) {
    assert.ok(existsSync(join(CLIENT, path)), path);
  }
});

test("it starts on documents of ours only, and on a review that was open", () => {
  assert.deepEqual(manifest.activationEvents, ["onLanguage:dlm", "onWebviewPanel:dlm.review"]);
  assert.ok(!("extensionDependencies" in manifest));
});

test("a new document gets an id that the format takes", () => {
  const line = snippets["New document"].body.find((text) => text.startsWith("dlm_id")) ?? "";
  const [, pattern = "", letters = ""] = /\$\{UUID\/(.*?)\/(.*)\/\}/.exec(line) ?? [];
  const groups = [...letters.matchAll(/\$\{(\d):\/upcase\}/g)].map(([, group]) => Number(group));
  const parts = new RegExp(pattern).exec("0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9");
  const id = `01${groups.map((group) => parts?.[group]?.toUpperCase() ?? "").join("")}`;
  assert.match(id, /^[0-9A-HJKMNP-TV-Z]{26}$/);
});
