/** A machine without the server: the extension installs it. */

import { execFileSync } from "node:child_process";
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { about } from "./documents";
import { Editor } from "./editor";
import { PYTHON, REPOSITORY } from "./places";

void describe("install", () => {
  let wheels: string;
  let editor: Editor;

  before(async () => {
    // The release that is tested is on no index yet: pip finds it here, the rest where it always does.
    wheels = mkdtempSync(join(tmpdir(), "dlm-wheels-"));
    const wheel = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", wheels];
    execFileSync(PYTHON, [...wheel, REPOSITORY]);
    editor = await Editor.start({
      machine: {},
      environment: {
        ...pipSettings(),
        PIP_FIND_LINKS: `${process.env["PIP_FIND_LINKS"] ?? ""} ${wheels}`,
      },
    });
  });

  after(async () => {
    await editor.close();
    rmSync(wheels, { recursive: true, force: true });
  });

  Editor.test(
    "the server is installed into an environment of its own, and started",
    () => editor,
    async () => {
      await editor.show("one.dlm", about(51));
      const told = editor.notification("The dlm language server was not found");
      await told.waitFor();
      assert.match(await told.innerText(), /the Python extension \(not installed\)/);
      assert.match(await told.innerText(), /dlm-lsp on PATH \(not found\)/);
      await editor.press(told, "Install");
      const choices = editor.page.locator(".quick-input-list .monaco-list-row");
      await choices.filter({ hasText: "Models on this machine" }).click();
      await editor.page.locator(".quick-input-widget").getByRole("button", { name: "OK" }).click();
      await editor.notification("Installing dlm-lsp").waitFor();
      await editor
        .notification("Installing dlm-lsp")
        .waitFor({ state: "detached", timeout: 120_000 });
      await editor.untilServed();
      assert.equal(editor.servers().length, 1);
    },
  );
});

/** How this machine reaches its package index, which the editor's own home knows nothing of. */
function pipSettings(): Record<string, string> {
  const own = join(homedir(), ".config", "pip", "pip.conf");
  return {
    ...(existsSync(own) ? { PIP_CONFIG_FILE: own } : {}),
    ...(process.env["PIP_CERT"] === undefined ? {} : { PIP_CERT: process.env["PIP_CERT"] }),
  };
}
