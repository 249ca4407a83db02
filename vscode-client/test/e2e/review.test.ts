/** Review: each of its buttons and questions. */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, before, describe } from "node:test";
import { about } from "./documents";
import { Editor } from "./editor";
import { otherPairsAbout, pairsAbout, Teacher } from "./teacher";

void describe("review", () => {
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

  /** A document with its pairs: in it or staged. */
  const synthesized = async (name: string, town: number, review?: string) => {
    const before = about(town);
    await editor.set("synth.review", review);
    await editor.open(name, before);
    await editor.command("dlm.synthesizeDocument");
    if (review === undefined) {
      await editor.untilSynthesized(2);
    } else {
      await editor.notification("2 staged").waitFor();
    }
    return before;
  };

  const check = (name: string, body: () => Promise<void>) => {
    Editor.test(name, () => editor, body);
  };

  const question = () => editor.page.locator(".monaco-dialog-box");

  check("another pair is written in the place of one that is regenerated", async () => {
    await synthesized("again.dlm", 21);
    await editor.showView();
    teacher.writes = otherPairsAbout;
    try {
      await editor.onRow("When was the bridge of Ville21 built?", "Regenerate");
      await editor.row("Which town has a bridge from 1521?").waitFor();
    } finally {
      teacher.writes = pairsAbout;
    }
    const text = await editor.untilSynthesized(2);
    assert.deepEqual(text.match(/^(How|When|Which) .*$/gm), [
      "How many mills does Ville21 have?",
      "Which town has a bridge from 1521?",
    ]);
    const outcome = editor.notification("1 replaced");
    await editor.press(outcome, "Show Old Beside New");
    const diff = editor.page.locator(".monaco-diff-editor");
    await diff.getByText("When was the bridge of Ville21 built?").waitFor();
    await diff.getByText("Which town has a bridge from 1521?").waitFor();
    await editor.command("workbench.action.closeActiveEditor");
    await editor.command("workbench.action.focusActiveEditorGroup");
    await editor.page.keyboard.press("Control+z");
    const row = editor.row("When was the bridge of Ville21 built?");
    await row.waitFor();
  });

  check("staged pairs are discarded after a question, and put back", async () => {
    const before = await synthesized("discard.dlm", 22, "stage");
    await editor.showView();
    await editor.onRow("How many mills does Ville22 have?", "Discard");
    await question().getByText("Discard 1 staged section?").waitFor();
    await question().getByRole("button", { name: "Discard" }).click();
    await editor.row(/^discard.dlm\s*1 staged/).waitFor();
    await editor.press(editor.notification("1 staged section discarded"), "Undo");
    await editor.row(/^discard.dlm\s*2 staged/).waitFor();
    await editor.onRow("How many mills does Ville22 have?", "Discard");
    await question().getByRole("button", { name: "Discard" }).click();
    await editor.row(/^discard.dlm\s*1 staged/).waitFor();
    await editor.onRow(/^discard.dlm\s*1 staged/, "Discard All Staged Sections");
    await question().getByText("Discard 1 staged section?").waitFor();
    await question().getByRole("button", { name: "Discard" }).click();
    await editor.row("discard.dlm").waitFor({ state: "detached" });
    assert.equal(await editor.text(), before);
  });

  check("all are kept after a question that counts them", async () => {
    await synthesized("all.dlm", 23);
    await editor.showView();
    await editor.onRow(/^all.dlm\s*2 inserted/, "Keep All Synthesized Sections");
    await question().getByText("Keep 2 synthesized sections as your own?").waitFor();
    await question().getByRole("button", { name: "Keep" }).click();
    const text = await editor.untilSynthesized(0);
    assert.equal(text.match(/^::instruction::$/gm)?.length, 2);
  });

  check("a pair is revealed from the view", async () => {
    await synthesized("reveal.dlm", 24);
    await editor.showView();
    await editor.onRow("When was the bridge of Ville24 built?", "Reveal");
    await editor.untilAt("::instruction::");
  });

  check("documents that are not open are listed by their counts, and open by a click", async () => {
    await synthesized("open.dlm", 26);
    const text = await editor.untilSynthesized(2);
    const closed = (name: string, town: number) => {
      const id = /^dlm_id: .*$/m.exec(about(town))?.[0] ?? "";
      const moved = text.replace(/^dlm_id: .*$/m, id).replaceAll("Ville26", `Ville${town}`);
      writeFileSync(editor.path(name), moved);
    };
    await editor.showView();
    closed("expanded.dlm", 27);
    closed("clicked.dlm", 28);
    // Their sources have other words now than the pairs were written about.
    await editor.row(/^clicked.dlm\s*2 stale · 0 of 2 reviewed/).waitFor();
    const expanded = editor.row(/^expanded.dlm\s*2 stale · 0 of 2 reviewed/);
    await expanded.locator(".monaco-tl-twistie").click();
    await editor.row("How many mills does Ville27 have?").waitFor();
    assert.match(await editor.text(), /Ville26/);
    await editor.row(/^clicked.dlm/).click();
    await editor.row("How many mills does Ville28 have?").waitFor();
    assert.match(await editor.text(), /Ville28/);
  });

  check("what was edited since stays where the rest is reverted", async () => {
    await synthesized("edited.dlm", 25);
    await editor.insert(" Or so.");
    await editor.palette("dlm: Revert Synthesized Instructions");
    await question().getByRole("button", { name: "Revert" }).click();
    await editor.notification("1 section stayed, since you have edited it").waitFor();
    const text = await editor.untilSynthesized(1);
    assert.match(text, /Or so\./);
  });
});
