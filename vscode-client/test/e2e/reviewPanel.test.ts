/** The review's panel: every pair decided on by keyboard alone. */

import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { about } from "./documents";
import { Editor } from "./editor";
import { Teacher } from "./teacher";

void describe("review panel", () => {
  let teacher: Teacher;
  let editor: Editor;

  before(async () => {
    teacher = await Teacher.start();
    editor = await Editor.startWith(teacher);
  });

  after(async () => {
    await editor.close();
    teacher.close();
  });

  const check = (name: string, body: () => Promise<void>) => {
    Editor.test(name, () => editor, body);
  };

  /** A document whose pairs are staged, and the review of it. */
  const reviewed = async (name: string, ...towns: number[]) => {
    await editor.set("synth.review", "stage");
    await editor.open(name, about(...towns));
    await editor.command("dlm.synthesizeDocument");
    await editor.notification(`${2 * towns.length} staged`).waitFor();
    await editor.command("workbench.action.focusActiveEditorGroup");
    await editor.page.keyboard.press("Alt+Shift+R");
    await editor.untilReviewing(`How many mills does Ville${towns[0]} have?`);
  };

  check("22 pairs are reviewed by 22 keys, and without a mouse", async () => {
    const towns = Array.from({ length: 11 }, (_, index) => 60 + index);
    await reviewed("many.dlm", ...towns);
    await editor.page.screenshot({ path: "/tmp/shots18/after-panel.png" });
    const keys = Array.from({ length: 22 }, (_, index) => (index % 2 === 0 ? "y" : "n"));
    for (const key of keys) {
      await editor.page.keyboard.press(key);
    }
    await editor.review().locator("#end", { hasText: "All 22 reviewed." }).waitFor();
    const text = await editor.host.run(({ vscode, until }) =>
      until(() => {
        const text = vscode.window.visibleTextEditors[0]?.document.getText() ?? "";
        return text.match(/^<!-- dlm-auto-synth:/gm)?.length === 11 ? text : undefined;
      }),
    );
    assert.equal(text.match(/^How many mills/gm)?.length, 11);
    assert.doesNotMatch(text, /When was the bridge/);
    await editor.page.screenshot({ path: "/tmp/shots18/after-panel-done.png" });
  });
});
