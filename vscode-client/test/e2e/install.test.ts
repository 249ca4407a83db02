/** A machine without the server: the extension installs what it carries, and keeps it up to date. */

import { execFileSync } from "node:child_process";
import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import manifest from "../../package.json";
import { carriedWheel } from "../../src/logic/carriedWheel";
import { installedIn, interpreterIn } from "../../src/logic/ownEnvironment";
import { about } from "./documents";
import { Editor } from "./editor";
import { EXTENSIONS, PYTHON, REPOSITORY } from "./paths";
import { pairsAbout, Teacher, town } from "./teacher";
import { until } from "./wait";

const LONG = 120_000;

void describe("install", () => {
  let scratch: string;
  let teacher: Teacher;
  let editor: Editor;

  before(async () => {
    teacher = await Teacher.start();
    scratch = mkdtempSync(join(tmpdir(), "dlm-install-"));
    // Its wheel is going to be another one.
    cpSync(EXTENSIONS, extensions(), { recursive: true });
    writeFileSync(settings(), "[global]\nno-index = true\n");
    editor = await Editor.start({
      machine: {},
      extensions: extensions(),
      // What is installed is to be run, not the checkout.
      environment: { PYTHONPATH: "", PIP_CONFIG_FILE: settings() },
    });
  });

  after(async () => {
    await editor.close();
    teacher.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  const settings = () => join(scratch, "pip.conf");
  const extensions = () => join(scratch, "extensions");
  const extension = () => {
    const name = readdirSync(extensions()).find((folder) => folder.startsWith("dlm-lsp.dlm-"));
    return join(extensions(), name ?? "");
  };
  const environment = () => join(editor.storage, "python");
  const version = () =>
    execFileSync(interpreterIn(environment()), ["-m", "dlm_lsp", "--version"], {
      env: {},
      encoding: "utf8",
    }).trim();

  const check = (name: string, body: (attempt: 1 | 2) => Promise<void>) => {
    Editor.test(name, () => editor, body);
  };

  /** Answer the question for teachers with servers, which needs a small download. */
  const forServers = async () => {
    const choices = editor.page.locator(".quick-input-list .monaco-list-row");
    await choices.filter({ hasText: "Models on this machine" }).click();
    await choices.filter({ hasText: "servers with its protocol" }).click();
    await editor.page.locator(".quick-input-widget").getByRole("button", { name: "OK" }).click();
  };

  check("the package carries one wheel, of its own version", () => {
    const wheels = readdirSync(join(extension(), "server"));
    assert.deepEqual(wheels, [`dlm_synth-${manifest.version}-py3-none-any.whl`]);
    return Promise.resolve();
  });

  check("an installation that fails is told, with the reason, and leaves nothing", async () => {
    await editor.show("one.dlm", about(51));
    const notification = editor.notification("The dlm language server was not found");
    await notification.waitFor();
    assert.match(await notification.innerText(), /the Python extension \(not installed\)/);
    assert.match(await notification.innerText(), /dlm-lsp on PATH \(not found\)/);
    await editor.press(notification, "Install");
    await forServers();
    const failed = editor.notification("dlm-lsp could not be installed");
    await failed.waitFor({ timeout: LONG });
    // What is missing is of somebody else: the server itself is there.
    assert.match(await failed.innerText(), /No matching distribution found for (?!dlm)/);
    await editor.notification("Installing dlm-lsp").waitFor({ state: "detached" });
    assert.ok(!existsSync(environment()));
  });

  check("one that is called off leaves nothing", async () => {
    await editor.command("notifications.clearAll");
    await editor.palette("dlm: Install Language Server");
    await forServers();
    const running = editor.notification("Installing dlm-lsp");
    await until(() => existsSync(interpreterIn(environment())));
    await editor.press(running, "Cancel");
    await until(() => !existsSync(environment()));
    assert.equal(await editor.notification("could not be installed").count(), 0);
  });

  check("the server is installed into an environment of its own, and started", async () => {
    writeFileSync(settings(), ownSettings());
    await editor.show("two.dlm", about(52));
    await editor.palette("dlm: Install Language Server");
    await forServers();
    const running = editor.notification("Installing dlm-lsp");
    await running.waitFor();
    await running.waitFor({ state: "detached", timeout: LONG });
    await editor.untilServed();
    assert.equal(editor.servers().length, 1);
    assert.equal(version(), `dlm-lsp ${manifest.version}`);
    assert.equal(installedIn(environment()).wheel, carriedWheel(extension())?.hash);
  });

  check("a stranger comes from a new document to reviewed and exported pairs", async (attempt) => {
    const name = `bees${attempt}`;
    await editor.set("filter", undefined);
    await editor.palette("dlm: New Document…");
    await editor.answerInPlaceOf("notes.dlm", "New Document", editor.path(`${name}.dlm`));
    await editor.pick("smollm2-135m");
    await editor.untilShown(`${name}.dlm`);
    await editor.insert(`${town(53)}\n`);
    await editor.save();
    await editor.palette("dlm: Choose Teacher");
    await editor.pick("Any OpenAI-compatible server");
    await editor.answer("Address of the server", teacher.address);
    await editor.pick("towns");
    await editor.untilSet("teacher", teacher.selector);
    const lens = editor.page.locator(".codelens-decoration a", {
      hasText: "Synthesize instructions",
    });
    await lens.first().click();
    const judge = editor.notification("the judge needs more than is installed");
    await judge.waitFor();
    await editor.press(judge, "Go On Without Judge");
    await editor.untilSynthesized(2);
    await editor.command("workbench.action.focusActiveEditorGroup");
    await editor.page.keyboard.press("Alt+Shift+R");
    await editor.untilReviewing("How many mills does Ville53 have?");
    await editor.page.keyboard.press("y");
    await editor.untilReviewing("When was the bridge of Ville53 built?");
    await editor.page.keyboard.press("y");
    await editor.review().locator("#end", { hasText: "All 2 reviewed." }).waitFor();
    await editor.palette("dlm: Export Pairs");
    await editor.pick("jsonl");
    await editor.answerInPlaceOf(
      `${name}.jsonl`,
      "Export Pairs",
      editor.path(`${name}-pairs.jsonl`),
    );
    await editor.notification("2 pairs written to").first().waitFor();
    const rows = editor.onDisk(`${name}-pairs.jsonl`).trim().split("\n");
    const pairs = rows.map((row) => JSON.parse(row) as { question: string; reviewed: boolean });
    assert.deepEqual(
      pairs.map(({ question, reviewed }) => [question, reviewed]),
      pairsAbout(53).map(({ question }) => [question, true]),
    );
  });

  check("another release of the extension brings its own server", async () => {
    const server = join(extension(), "server");
    await editor.open("three.dlm", about(54));
    rmSync(server, { recursive: true });
    buildRelease("9.8.7", server, join(scratch, "checkout"));
    const wheel = carriedWheel(extension());
    assert.ok(wheel);
    await editor.reload();
    await until(() => installedIn(environment()).wheel === wheel.hash, LONG);
    await editor.untilServed();
    assert.equal(editor.servers().length, 1);
    assert.equal(version(), "dlm-lsp 9.8.7");
  });
});

/** Build the wheel of a copy of this checkout that has another version. */
function buildRelease(version: string, target: string, checkout: string): void {
  const parts = [
    "dlm_lsp",
    "docs",
    "hatch_build.py",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "NOTICE",
  ];
  for (const name of parts) {
    cpSync(join(REPOSITORY, name), join(checkout, name), { recursive: true });
  }
  const module = join(checkout, "dlm_lsp", "__init__.py");
  const source = readFileSync(module, "utf8");
  writeFileSync(module, source.replace(/^__version__ = .*$/m, `__version__ = "${version}"`));
  const wheel = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", target];
  execFileSync(PYTHON, [...wheel, checkout], { stdio: "pipe" });
}

/** How this machine reaches its package index, which the editor's own home knows nothing of. */
function ownSettings(): string {
  const own = join(homedir(), ".config", "pip", "pip.conf");
  return existsSync(own) ? readFileSync(own, "utf8") : "";
}
