/** From prose to pairs and back again, with a teacher behind HTTP. */

import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { about } from "./documents";
import { Editor } from "./editor";
import { Teacher } from "./teacher";
import { until } from "./wait";

void describe("synthesis", () => {
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

  /** Show a document, with the settings that most tests want. */
  const open = async (name: string, text: string, review?: string) => {
    await editor.set("synth.review", review);
    await editor.open(name, text);
  };

  const check = (name: string, body: () => Promise<void>) => {
    Editor.test(
      name,
      () => editor,
      async () => {
        try {
          await body();
        } finally {
          teacher.release();
        }
      },
    );
  };

  check("a problem has a squiggle, and its quick fix takes it away", async () => {
    await open("typo.dlm", `${about(1)}\n::instructon::\n### Q\nHow?\n### A\nSo.\n`);
    await editor.page.waitForSelector(".squiggly-error, .squiggly-warning");
    const [problem] = await editor.problems();
    assert.match(problem?.message ?? "", /instructon/);
    await editor.goTo("::instructon");
    await editor.chooseAction(/instruction/);
    await editor.page.waitForSelector(".squiggly-error, .squiggly-warning", { state: "detached" });
    assert.match(await editor.text(), /^::instruction::$/m);
  });

  check("the lightbulb synthesizes, and what is saved has the blocks in it", async () => {
    await open("bulb.dlm", about(2));
    await editor.page.waitForSelector(".lightBulbWidget");
    await editor.chooseAction("Synthesize instructions");
    const text = await editor.untilSynthesized(2);
    assert.match(text, /### Q\nHow many mills does Ville2 have\?\n### A\nVille2 has 12 mills\./);
    await editor.save();
    assert.equal(editor.onDisk("bulb.dlm"), text);
  });

  check("one undo takes one insertion back", async () => {
    const before = about(3);
    await open("undo.dlm", before);
    await editor.command("dlm.synthesize");
    const after = await editor.untilSynthesized(2);
    await editor.page.keyboard.press("Control+z");
    await editor.untilSynthesized(0);
    assert.equal(await editor.text(), before);
    await editor.page.keyboard.press("Control+y");
    assert.equal(await editor.untilSynthesized(2), after);
  });

  check("nothing is put into a document that the user has as read-only", async () => {
    const include = (globs: object) =>
      editor.host.run(async ({ vscode }, value) => {
        const files = vscode.workspace.getConfiguration("files");
        await files.update("readonlyInclude", value, vscode.ConfigurationTarget.Global);
      }, globs);
    const before = about(18);
    await open("locked.dlm", before);
    await include({ "locked.dlm": true });
    try {
      await editor.command("dlm.synthesizeDocument");
      await editor.notification("locked.dlm is read-only").waitFor();
      await editor.notification("2 staged").waitFor();
      assert.equal(await editor.text(), before);
    } finally {
      await include({});
    }
  });

  check("a hover tells where a pair came from", async () => {
    await open("hover.dlm", about(4));
    await editor.command("dlm.synthesize");
    await editor.untilSynthesized(2);
    const hover = await editor.hover("<!-- dlm-auto-synth");
    assert.match(hover, /vllm-server:http:\/\/127\.0\.0\.1/);
    assert.match(hover, /extraction/);
    assert.match(hover, /The town of Ville4 has 14 mills/);
    await editor.restOnMarker("extraction");
  });

  check("what was put in out of sight is brought into view, and counted", async () => {
    const towns = Array.from({ length: 20 }, (_, index) => 100 + index);
    await open("far.dlm", about(...towns));
    await editor.set("placement", "end");
    try {
      await editor.command("dlm.synthesize");
      await editor.untilSynthesized(2);
      await editor.page.locator(".view-line", { hasText: "Ville100 has 110 mills." }).waitFor();
      await editor.notification("2 accepted").getByRole("button", { name: "Review" }).waitFor();
    } finally {
      await editor.set("placement", undefined);
    }
  });

  check("a running synthesis can be cancelled", async () => {
    const before = about(5);
    await open("cancel.dlm", before);
    teacher.hold();
    const asked = teacher.asked;
    await editor.command("dlm.synthesizeDocument");
    const running = editor.notification("Synthesizing instructions");
    await running.waitFor();
    await until(() => teacher.asked > asked);
    await editor.press(running, "Cancel");
    await running.waitFor({ state: "detached" });
    await until(() => teacher.hungUp > 0);
    teacher.release();
    assert.equal(await editor.text(), before);
    await editor.command("dlm.synthesizeDocument");
    await editor.untilSynthesized(2);
  });

  check("staged pairs are applied from the view", async () => {
    await open("stage.dlm", about(6), "stage");
    await editor.command("dlm.synthesizeDocument");
    await editor.showView();
    await editor.row(/^stage.dlm\s*2 staged/).waitFor();
    await editor.onRow("How many mills does Ville6 have?", "Apply");
    assert.doesNotMatch(await editor.untilSynthesized(1), /When was the bridge/);
    await editor.onRow(/^stage.dlm\s*1 inserted, 1 staged/, "Apply All Staged Sections");
    await editor.untilSynthesized(2);
    await editor.row(/^stage.dlm\s*2 inserted/).waitFor();
  });

  check("pairs are kept and removed from the view and by key", async () => {
    await open("keep.dlm", about(7, 8));
    await editor.command("dlm.synthesizeDocument");
    await editor.untilSynthesized(4);
    await editor.showView();
    await editor.onRow("How many mills does Ville7 have?", "Keep");
    await editor.untilSynthesized(3);
    await editor.onRow("When was the bridge of Ville7 built?", "Remove");
    await editor.untilSynthesized(2);
    await editor.command("workbench.action.focusActiveEditorGroup");
    await editor.row(/^keep.dlm\s*2 inserted/).waitFor();
    await editor.goTo("How many mills does Ville8");
    await editor.page.keyboard.press("Alt+k");
    await editor.untilSynthesized(1);
    await editor.row(/^keep.dlm\s*1 inserted/).waitFor();
    await editor.page.keyboard.press("Alt+n");
    await editor.untilAt("::instruction::");
    await editor.page.keyboard.press("Alt+d");
    const text = await editor.untilSynthesized(0);
    assert.deepEqual(text.match(/^(How|When).*$/gm), [
      "How many mills does Ville7 have?",
      "How many mills does Ville8 have?",
    ]);
  });

  check("all of them are reverted after a question that counts them", async () => {
    const before = about(9);
    await open("revert.dlm", before);
    await editor.command("dlm.synthesize");
    await editor.untilSynthesized(2);
    await editor.palette("dlm: Revert Synthesized Instructions");
    const question = editor.page.locator(".monaco-dialog-box");
    await question.getByText("Remove 2 synthesized sections from revert.dlm?").waitFor();
    await question.getByRole("button", { name: "Cancel" }).click();
    await editor.untilSynthesized(2);
    await editor.palette("dlm: Revert Synthesized Instructions");
    await question.getByRole("button", { name: "Revert" }).click();
    await editor.untilSynthesized(0);
    assert.equal(await editor.text(), before);
  });

  check(
    "a server that was killed is started again, and the run that it took with it is told",
    async () => {
      const text = about(11);
      await open("killed.dlm", text);
      teacher.hold();
      const asked = teacher.asked;
      await editor.command("dlm.synthesize");
      await until(() => teacher.asked > asked);
      const [killed] = editor.servers();
      process.kill(killed ?? 0, "SIGKILL");
      await editor.notification("The synthesis ended with the language server").waitFor();
      teacher.release();
      await editor.insert("\n::instructon::\n");
      await editor.page.waitForSelector(".squiggly-error, .squiggly-warning");
      await editor.page.keyboard.press("Control+z");
      await editor.page.waitForSelector(".squiggly-error, .squiggly-warning", {
        state: "detached",
      });
      await editor.untilText(text);
      assert.equal(editor.servers().length, 1);
      assert.notEqual(editor.servers()[0], killed);
      await editor.command("dlm.synthesize");
      await editor.untilSynthesized(2);
    },
  );

  check("no server is left once the window is closed", async () => {
    await open("closed.dlm", about(12));
    teacher.hold();
    const asked = teacher.asked;
    await editor.command("dlm.synthesize");
    await until(() => teacher.asked > asked);
    assert.equal(editor.servers().length, 1);
    await editor.closeWindow();
    await until(() => editor.servers().length === 0);
  });
});
