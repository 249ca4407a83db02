/** Less noise: what stands beside the text, and what the lightbulb has. */

import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { about } from "./documents";
import { Editor } from "./editor";
import { otherPairsAbout, pairsAbout, Teacher } from "./teacher";

void describe("less noise", () => {
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

  const lens = (words: string | RegExp) =>
    editor.page.locator(".codelens-decoration", { hasText: words });

  /** The titles in the lightbulb's menu, which is shut again. */
  const titles = async (first: string): Promise<string[]> => {
    await editor.openActions(first);
    const rows = editor.page.locator(".action-widget .monaco-list-row.action");
    const found = await rows.allInnerTexts();
    await editor.page.keyboard.press("Escape");
    return found.map((title) => title.trim());
  };

  check("the lightbulb synthesizes first, and has the rest behind one entry", async () => {
    await editor.open("entries.dlm", about(71));
    assert.deepEqual(await titles("Synthesize instructions"), [
      "Synthesize instructions",
      "Synthesize in another way…",
    ]);
    await editor.chooseAction("Synthesize instructions");
    await editor.untilSynthesized(2);
    assert.deepEqual(await titles("Synthesize instructions"), [
      "Synthesize instructions",
      "Manage synthesized…",
    ]);
    await editor.goTo("How many mills");
    await editor.chooseAction("Manage synthesized…");
    await editor.pick("Remove this synthesized section");
    await editor.untilSynthesized(1);
  });

  check("prose that has pairs keeps its button, and no hint says the same again", async () => {
    await lens("Synthesize more · 1 pair").first().waitFor();
    const hints = await editor.host.run(async ({ vscode }) => {
      const document = vscode.window.activeTextEditor?.document;
      const everything = new vscode.Range(0, 0, document?.lineCount ?? 0, 0);
      return document
        ? await vscode.commands.executeCommand<unknown[]>(
            "vscode.executeInlayHintProvider",
            document.uri,
            everything,
          )
        : [];
    });
    assert.deepEqual(hints, []);
    teacher.writes = otherPairsAbout;
    try {
      await lens("Synthesize more").first().locator("a").first().click();
      const text = await editor.untilSynthesized(2);
      assert.match(text, /Which town has a bridge from 1571\?/);
    } finally {
      teacher.writes = pairsAbout;
    }
  });

  check("markers are dimmed until that is switched off", async () => {
    await editor.page.waitForFunction(() =>
      [...document.querySelectorAll(".view-line span")].some(
        (span) =>
          span.textContent.includes("dlm-auto-synth") && getComputedStyle(span).opacity === "0.35",
      ),
    );
    await editor.set("dimMarkers", false);
    await editor.page.waitForFunction(() =>
      [...document.querySelectorAll(".view-line span")]
        .filter((span) => span.textContent.includes("dlm-auto-synth"))
        .every((span) => getComputedStyle(span).opacity === "1"),
    );
    await editor.set("dimMarkers", undefined);
  });

  check("all that is synthesized is folded at once", async () => {
    await editor.palette("dlm: Fold All Synthesized");
    await editor.page
      .locator(".view-line", { hasText: "How many mills" })
      .or(editor.page.locator(".view-line", { hasText: "Which town" }))
      .first()
      .waitFor({ state: "detached" });
    assert.ok(await editor.page.locator(".view-line", { hasText: "The town of" }).count());
  });

  check("what is still right after an edit of its source is linked to it by one fix", async () => {
    await editor.open("stale.dlm", about(72));
    await editor.command("dlm.synthesizeDocument");
    await editor.untilSynthesized(2);
    await editor.goTo("The town of Ville72");
    await editor.page.keyboard.type("In the north lies it. ");
    await editor.goTo("<!-- dlm-auto-synth");
    await editor.host.run(({ vscode, until }) =>
      until(() => {
        const document = vscode.window.activeTextEditor?.document;
        const marks = document ? vscode.languages.getDiagnostics(document.uri) : [];
        return marks.filter(({ message }) => message.includes("still says")).length === 2;
      }),
    );
    await editor.chooseAction("Still right: link to the section as it is now");
    await lens("Source").first().waitFor();
    const sources = (await editor.text()).match(/source_section_id="\w+"/g);
    assert.equal(new Set(sources).size, 2);
  });

  check("without a teacher one is chosen, and the run goes on", async () => {
    await editor.set("teacher", "self");
    await editor.open("none.dlm", about(73));
    const wanted = "Synthesize instructions… choose a teacher";
    // The server hears of the setting in its own time.
    await editor.host.run(
      ({ vscode, until }, title) =>
        until(async () => {
          const shown = vscode.window.activeTextEditor;
          const actions = await vscode.commands.executeCommand<{ title: string }[]>(
            "vscode.executeCodeActionProvider",
            shown?.document.uri,
            shown?.selection,
          );
          return actions.some((action) => action.title === title);
        }),
      wanted,
    );
    await editor.chooseAction(wanted);
    await editor.pick("Any OpenAI-compatible server");
    await editor.answer("Address of the server", teacher.address);
    await editor.pick("towns");
    await editor.untilSynthesized(2);
    await editor.set("teacher", teacher.selector);
  });
});
