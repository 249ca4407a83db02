/** Training and asking, with a model so small that it knows nothing and learns in seconds. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { about } from "./documents";
import { Editor } from "./editor";
import { PYTHON, REPOSITORY } from "./paths";
import { Teacher } from "./teacher";

const MAKE = `
import sys
from pathlib import Path
sys.path.insert(0, "tests")
from support import trainable_documents
from support.tiny_model import tiny_llama
sys.stdout.write(trainable_documents.text(tiny_llama(Path(sys.argv[1]))))
`;
/** Milliseconds: it imports PyTorch, where the machine has others to serve. */
const PATIENCE = 180_000;

void describe("training", () => {
  /** In the place of the hub, which has nothing of what it is asked for. */
  let hub: Teacher;
  let editor: Editor;
  let folder: string;
  let text: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "dlm-base-"));
    text = execFileSync(PYTHON, ["-c", MAKE, join(folder, "base")], {
      cwd: REPOSITORY,
      encoding: "utf8",
    });
    hub = await Teacher.start();
    editor = await Editor.start({ environment: { HF_ENDPOINT: hub.address } });
  });

  after(async () => {
    await editor.close();
    hub.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const check = (name: string, body: () => Promise<void>) => {
    Editor.test(name, () => editor, body);
  };

  check(
    "a base model is downloaded only where the user agrees, and asking without one says why",
    async () => {
      const question = editor.page.locator(".monaco-dialog-box");
      const answer = async (button: string) => {
        await editor.palette("dlm: Train the Document");
        await question.getByText("Download Qwen/Qwen3-1.7B?").waitFor();
        await question.getByText(/from 127\.0\.0\.1:\d+\. It is about 3\.4 GB/).waitFor();
        await question.getByRole("button", { name: button, exact: true }).click();
        await question.waitFor({ state: "detached" });
      };
      hub.strange = [];
      await editor.open("absent.dlm", about(1).replace("smollm2-135m", "qwen3-1.7b"));
      await answer("Cancel");
      assert.deepEqual(hub.strange, []);
      await answer("Download");
      const failure = editor.notification("cannot download Qwen/Qwen3-1.7B");
      await failure.getByRole("button", { name: "Show Log" }).waitFor();
      assert.notDeepEqual(hub.strange, []);
      await editor.command("notifications.clearAll");
      await editor.palette("dlm: Ask the Document");
      await editor.answer("Ask absent.dlm", "How many mills are there?");
      const none = editor.notification("has no trained adapter");
      await none.getByRole("button", { name: "Train" }).waitFor();
    },
  );

  check("a document is trained, with its losses drawn on the way, and asked", async () => {
    await editor.open("mills.dlm", text);
    await editor.palette("dlm: Train the Document");
    const outcome = editor.notification("adapter is trained: loss");
    await outcome.waitFor({ timeout: PATIENCE });
    await editor.review().locator("#words", { hasText: "is trained" }).waitFor();
    assert.ok((await editor.review().locator("circle.series0:not(.heldOut)").count()) >= 5);
    await editor.press(outcome, "Ask");
    await editor.answer("Ask mills.dlm", "How many wheels has mill 1?");
    await editor.host.run(
      ({ vscode, until }, seconds) =>
        until(
          () =>
            vscode.window.visibleTextEditors.some(({ document }) =>
              /^How many wheels has mill 1\?[^]*The adapter:[^]*The base model:/.test(
                document.getText(),
              ),
            ),
          seconds,
        ),
      PATIENCE / 1000,
      PATIENCE / 500,
    );
  });
});
