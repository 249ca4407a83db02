/** A machine without the server: the extension installs it. */

import { execFileSync } from "node:child_process";
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { about } from "./documents";
import { Editor } from "./editor";
import { PYTHON, REPOSITORY } from "./paths";

const LONG = 120_000;

void describe("install", () => {
  let wheels: string;
  let editor: Editor;

  before(async () => {
    wheels = mkdtempSync(join(tmpdir(), "dlm-wheels-"));
    writeFileSync(settings(), "[global]\nno-index = true\n");
    const links = `${process.env["PIP_FIND_LINKS"] ?? ""} ${wheels}`;
    editor = await Editor.start({
      machine: {},
      environment: { PIP_CONFIG_FILE: settings(), PIP_FIND_LINKS: links },
    });
  });

  after(async () => {
    await editor.close();
    rmSync(wheels, { recursive: true, force: true });
  });

  const settings = () => join(wheels, "pip.conf");

  const check = (name: string, body: () => Promise<void>) => {
    Editor.test(name, () => editor, body);
  };

  /** Answer the question for teachers with none, which needs the smallest download. */
  const withoutTeachers = async () => {
    const choices = editor.page.locator(".quick-input-list .monaco-list-row");
    await choices.filter({ hasText: "Models on this machine" }).click();
    await editor.page.locator(".quick-input-widget").getByRole("button", { name: "OK" }).click();
  };

  check("an installation that fails is told, with the reason that pip gave", async () => {
    await editor.show("one.dlm", about(51));
    const notification = editor.notification("The dlm language server was not found");
    await notification.waitFor();
    assert.match(await notification.innerText(), /the Python extension \(not installed\)/);
    assert.match(await notification.innerText(), /dlm-lsp on PATH \(not found\)/);
    await editor.press(notification, "Install");
    await withoutTeachers();
    const failed = editor.notification("dlm-lsp could not be installed");
    await failed.waitFor({ timeout: LONG });
    assert.match(await failed.innerText(), /No matching distribution found for dlm-synth/);
    await editor.notification("Installing dlm-lsp").waitFor({ state: "detached" });
  });

  check("the server is installed into an environment of its own, and started", async () => {
    // The release that is tested is on no index yet: pip finds it here, the rest where it always does.
    const wheel = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", wheels];
    execFileSync(PYTHON, [...wheel, REPOSITORY]);
    writeFileSync(settings(), ownSettings());
    await editor.show("two.dlm", about(52));
    await editor.palette("dlm: Install Language Server");
    await withoutTeachers();
    const running = editor.notification("Installing dlm-lsp");
    await running.waitFor();
    await running.waitFor({ state: "detached", timeout: LONG });
    await editor.untilServed();
    assert.equal(editor.servers().length, 1);
  });
});

/** How this machine reaches its package index, which the editor's own home knows nothing of. */
function ownSettings(): string {
  const own = join(homedir(), ".config", "pip", "pip.conf");
  return existsSync(own) ? readFileSync(own, "utf8") : "";
}
