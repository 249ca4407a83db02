/** The interpreter that a Python extension has chosen. */

import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { about } from "./documents";
import { Editor } from "./editor";
import { PYTHON, WITH_PYTHON } from "./paths";
import { until } from "./wait";

void describe("python", () => {
  let editor: Editor;

  before(async () => {
    editor = await Editor.start({
      machine: {},
      extensions: WITH_PYTHON,
      environment: { DLM_E2E_PYTHON: PYTHON },
      files: { "other.sh": `#!/bin/sh\nexec "${PYTHON}" "$@"\n` },
    });
  });

  after(async () => {
    await editor.close();
  });

  const check = (name: string, body: () => Promise<void>) => {
    Editor.test(name, () => editor, body);
  };

  check("the server starts by the interpreter that the Python extension has chosen", async () => {
    await editor.open("one.dlm", about(61));
    assert.equal(editor.servers().length, 1);
  });

  check("it starts anew by another one, and what was typed is there still", async () => {
    await editor.insert("\n::instructon::\n");
    const [first] = editor.servers();
    await editor.command("e2e.python", editor.path("other.sh"));
    await until(() => editor.servers().length === 1 && editor.servers()[0] !== first);
    await editor.untilServed();
    assert.match(await editor.text(), /::instructon::/);
    assert.ok((await editor.problems()).some(({ message }) => message.includes("instructon")));
  });

  check("one without the server is told, by the name of the place", async () => {
    await editor.command("e2e.python", "/bin/true");
    const notification = editor.notification("The dlm language server was not found");
    await notification.waitFor();
    assert.match(await notification.innerText(), /the Python extension \(.*true: is not dlm-lsp\)/);
    assert.deepEqual(editor.servers(), []);
  });
});
