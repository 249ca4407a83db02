/** Servers that are not there, and servers that do not stay. */

import assert from "node:assert/strict";
import { dirname } from "node:path";
import { after, before, describe } from "node:test";
import { about } from "./documents";
import { Editor } from "./editor";
import { PYTHON, SERVER } from "./paths";
import { until } from "./wait";

/** As often as this a server may die in a short while. */
const MANY = 5;

/** Notes each start in a file beside it, and fails. */
const FAILS = 'echo "$*" >> "${0%.sh}.log"\nexit 1\n';

void describe("interpreter", () => {
  let editor: Editor;

  before(async () => {
    editor = await Editor.start({
      machine: { "dlm.interpreter": "WORK/none.sh" },
      path: dirname(PYTHON),
      files: {
        "none.sh": `#!/bin/sh\necho "No module named dlm_lsp" >&2\n${FAILS}`,
        "dead.sh": `#!/bin/sh\n[ "$1" != --version ] || exec "${SERVER}" --version\necho "No module named lsprotocol" >&2\n${FAILS}`,
      },
    });
  });

  after(async () => {
    await editor.close();
  });

  const starts = (name: string) => editor.onDisk(`${name}.log`).trim().split("\n").length;
  const check = (name: string, body: () => Promise<void>) => {
    Editor.test(name, () => editor, body);
  };

  check("a wrong interpreter is told once, and another one can be chosen", async () => {
    await editor.show("one.dlm", about(1));
    const notification = editor.notification("The dlm language server was not found");
    await notification.waitFor();
    assert.match(
      await notification.innerText(),
      /dlm\.interpreter \(.*none\.sh: has no dlm-lsp installed\)/,
    );
    for (const name of ["Install", "Show Log"]) {
      await notification.getByRole("button", { name }).waitFor();
    }
    await editor.press(notification, "Choose Interpreter");
    const chosen = editor.page.locator(".quick-input-list .monaco-list-row", {
      hasText: /\.venv.*dlm-lsp \d/,
    });
    await chosen.first().waitFor();
    assert.equal(starts("none"), 1);
    await editor.page.keyboard.type(".venv");
    await editor.page
      .locator(".quick-input-list .monaco-list-row.focused", { hasText: ".venv" })
      .waitFor();
    await editor.page.keyboard.press("Enter");
    await editor.untilServed();
    assert.equal(editor.servers().length, 1);
  });

  check("a server that dies at once is told of, and not started for ever", async () => {
    await editor.show("two.dlm", about(2));
    await editor.set("path", editor.path("dead.sh"));
    const notification = editor.notification("The dlm language server does not start");
    await notification.getByRole("button", { name: "Restart Server" }).waitFor();
    assert.match(await notification.innerText(), /does not start: No module named lsprotocol/);
    // Whether the client tries again depends on how it learns of the death; for ever it must not.
    assert.ok(starts("dead") <= MANY);
    assert.deepEqual(editor.servers(), []);
  });

  check("a server that dies again and again is given up, and can be started anew", async () => {
    await editor.set("path", undefined);
    await editor.open("three.dlm", about(3));
    const killed = new Set<number>();
    while (killed.size < MANY) {
      await until(() => editor.servers().some((id) => !killed.has(id)));
      await editor.untilServed();
      for (const id of editor.servers()) {
        killed.add(id);
        process.kill(id, "SIGKILL");
      }
    }
    const notification = editor.notification("has died several times and is not started again");
    await notification.waitFor();
    assert.deepEqual(editor.servers(), []);
    await editor.press(notification, "Restart Server");
    await editor.untilServed();
    assert.equal(editor.servers().length, 1);
    assert.ok(starts("dead") <= MANY);
  });
});
