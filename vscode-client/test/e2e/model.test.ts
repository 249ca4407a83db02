/** The whole way with a real model that writes and judges; README and walkthrough show its pictures. */

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { Editor } from "./editor";
import { CLIENT, PICTURES } from "./paths";

const MODEL = "hf:gemma-3-270m";
/** Seconds: a model takes its time where the machine has others to serve. */
const PATIENCE = 450;
const LARGEST = 180_000;

void describe("model", () => {
  let editor: Editor;

  before(async () => {
    editor = await Editor.start({
      scale: 1.5,
      settings: {
        "dlm.teacher": MODEL,
        "dlm.perSection": 3,
        "breadcrumbs.enabled": false,
        "workbench.activityBar.location": "hidden",
        "workbench.statusBar.visible": false,
        "editor.hover.above": false,
        "editor.stickyScroll.enabled": false,
        "editor.scrollbar.vertical": "hidden",
      },
    });
    await editor.page.setViewportSize({ width: 780, height: 465 });
  });

  after(async () => {
    await editor.close();
  });

  const check = (name: string, body: () => Promise<void>) => {
    Editor.test(name, () => editor, body);
  };

  check("a model on this machine writes pairs about prose and judges them", async () => {
    const example = readFileSync(join(CLIENT, "walkthrough", "example.dlm"), "utf8");
    await editor.open("lighthouse.dlm", example);
    await editor.command("workbench.action.closeSidebar");
    await editor.page.locator(".codelens-decoration").first().waitFor();
    await editor.openActions("Synthesize instructions");
    await picture(editor, "lightbulb");
    await editor.page.keyboard.press("Escape");
    await editor.chooseAction("Synthesize instructions");
    const text = await editor.untilSynthesized(3, PATIENCE);
    assert.match(text, /synth_teacher="hf:gemma-3-270m"/);
    const hover = await editor.hover("<!-- dlm-auto-synth");
    assert.match(hover, /margin/);
    await editor.notification("Synthesizing").waitFor({ state: "detached" });
    await editor.notification(/\d accepted/).waitFor();
    await editor.command("notifications.clearAll");
    await editor.scrollTo("::instruction::");
    await editor.restOnMarker("margin");
    await picture(editor, "hover");
  });

  check("what is staged waits in the view beside what is inserted", async () => {
    await editor.goTo("## The fog signal");
    await editor.chooseAction("Manage synthesized…");
    await editor.pick("Synthesize instructions: stage for review");
    const outcome = editor.notification(/\d staged/);
    await outcome.waitFor({ timeout: 1000 * PATIENCE });
    await editor.command("notifications.clearAll");
    await editor.showView();
    await editor.scrollTo("## The fog signal");
    await editor.row("What did a steam siren replace?").hover();
    await picture(editor, "view");
  });

  check("the review shows a pair beside its evidence", async () => {
    await editor.page.setViewportSize({ width: 1020, height: 520 });
    await editor.command("workbench.action.closeSidebar");
    await editor.command("workbench.action.focusActiveEditorGroup");
    await editor.page.keyboard.press("Alt+Shift+R");
    await editor.untilReviewing(/\?/);
    await editor.page.keyboard.press("y");
    await editor.review().locator("#progress", { hasText: "1 of" }).waitFor();
    await editor.page.locator(".cdr[class*=TextEditorDecorationType]").first().waitFor();
    await picture(editor, "review");
  });
});

/** What the window shows, without its title bar. */
async function picture(editor: Editor, name: string): Promise<void> {
  const path = join(PICTURES, `${name}.png`);
  const box = await editor.page.locator(".part.editor").boundingBox();
  assert.ok(box);
  const clip = { x: 0, y: box.y, width: box.x + box.width, height: box.height };
  mkdirSync(PICTURES, { recursive: true });
  await editor.page.screenshot({ path, clip });
  assert.ok(statSync(path).size < LARGEST, `${name}.png is too large`);
}
