/** Training and asking, with a model so small that it knows nothing and learns in seconds. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { Editor } from "./editor";
import { PYTHON, REPOSITORY } from "./paths";

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
  let editor: Editor;
  let folder: string;
  let text: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "dlm-base-"));
    text = execFileSync(PYTHON, ["-c", MAKE, join(folder, "base")], {
      cwd: REPOSITORY,
      encoding: "utf8",
    });
    editor = await Editor.start();
  });

  after(async () => {
    await editor.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const check = (name: string, body: () => Promise<void>) => {
    Editor.test(name, () => editor, body);
  };

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
