/** The review's panel: every pair decided on by keyboard alone, and each of them data. */

import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { about } from "./documents";
import { Editor } from "./editor";
import { pairsAbout, Teacher } from "./teacher";
import type { Pair } from "./teacher";

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
    Editor.test(
      name,
      () => editor,
      async () => {
        try {
          await body();
        } finally {
          teacher.writes = pairsAbout;
        }
      },
    );
  };

  const press = async (...keys: readonly string[]) => {
    for (const key of keys) {
      await editor.page.keyboard.press(key);
    }
  };

  const end = (words: string) => editor.review().locator("#end", { hasText: words }).waitFor();

  const progress = (words: string) =>
    editor.review().locator("#progress", { hasText: words }).waitFor();

  /** A document with pairs, which are staged unless told. */
  const synthesized = async (name: string, towns: readonly number[], review?: string) => {
    await editor.set("synth.review", review);
    await editor.open(name, about(...towns));
    await editor.command("dlm.synthesizeDocument");
  };

  /** The review of a document whose pairs are staged. */
  const reviewed = async (name: string, ...towns: readonly number[]) => {
    await synthesized(name, towns, "stage");
    await editor.notification(`${2 * towns.length} staged`).waitFor();
    await editor.command("workbench.action.focusActiveEditorGroup");
    await press("Alt+Shift+R");
    await editor.untilReviewing(`How many mills does Ville${towns[0]} have?`);
  };

  /** Wait until the text beside the panel has so many pairs; return it. */
  const untilText = (count: number) =>
    editor.host.run(
      ({ vscode, until }, wanted) =>
        until(() => {
          const text = vscode.window.visibleTextEditors[0]?.document.getText() ?? "";
          const found = text.match(/^<!-- dlm-auto-synth:/gm)?.length ?? 0;
          return found === wanted ? text : undefined;
        }),
      count,
    );

  check("22 pairs are reviewed by 22 keys, and without a mouse", async () => {
    const towns = Array.from({ length: 11 }, (_, index) => 60 + index);
    await reviewed("many.dlm", ...towns);
    const keys = towns.flatMap(() => ["y", "n"]);
    await press(...keys.slice(0, 21));
    await progress("21 of 22 reviewed");
    await press(...keys.slice(21));
    await end("All 22 reviewed.");
    const text = await untilText(11);
    assert.equal(text.match(/^How many mills/gm)?.length, 11);
    assert.doesNotMatch(text, /When was the bridge/);
  });

  check("the evidence of the pair in view is highlighted, and brought into view", async () => {
    const towns = Array.from({ length: 20 }, (_, index) => 200 + index);
    await reviewed("evidence.dlm", ...towns);
    const lit = () => editor.page.locator(".view-overlays .cdr[class*=TextEditorDecorationType]");
    await lit().first().waitFor();
    await press("k", ...towns.flatMap(() => ["j", "j"]), "k");
    await editor.untilReviewing("When was the bridge of Ville219 built?");
    await editor.page.locator(".view-line", { hasText: "Ville219" }).first().waitFor();
  });

  check("the evidence stays in view where accepted pairs move it", async () => {
    const towns = Array.from({ length: 20 }, (_, index) => 250 + index);
    await reviewed("moved.dlm", ...towns);
    await press("y", "y", "y", "y");
    await untilText(4);
    await editor.page.locator(".view-line", { hasText: "Ville252 has 262 mills and" }).waitFor();
  });

  check("a pair is edited, saved and left by keys", async () => {
    await reviewed("edit.dlm", 71);
    await press("e");
    await editor.review().locator("#newAnswer:focus").waitFor();
    await press("End", "Shift+Home");
    await editor.page.keyboard.type("yes, 81 of them.");
    // The editor throws away a page that is out of sight.
    await editor.command("workbench.action.files.newUntitledFile");
    await editor.review().locator("#newAnswer").waitFor({ state: "detached" });
    await editor.command("workbench.action.closeActiveEditor");
    await editor.review().locator("#editor").waitFor();
    await editor.review().locator("#pair:focus").waitFor();
    assert.equal(await editor.review().locator("#newAnswer").inputValue(), "yes, 81 of them.");
    await press("Escape");
    await editor.untilReviewing("Ville71 has 81 mills.");
    await press("e");
    await editor.review().locator("#newAnswer:focus").waitFor();
    assert.equal(await editor.review().locator("#newAnswer").inputValue(), "yes, 81 of them.");
    await press("Control+Enter");
    await editor.untilReviewing("When was the bridge of Ville71 built?");
    assert.match(
      await untilText(1),
      /How many mills does Ville71 have\?\n### A\nyes, 81 of them\./,
    );
    await progress("1 of 2 reviewed");
  });

  check("sections are skipped and accepted, all that is left too, and filters set", async () => {
    await reviewed("keys.dlm", 72, 73, 74);
    await press("s");
    await editor.untilReviewing("How many mills does Ville73 have?");
    await press("a");
    await editor.untilReviewing("How many mills does Ville74 have?");
    await untilText(2);
    await press("n", "u", "k", "k");
    await editor.untilReviewing("How many mills does Ville72 have?");
    await editor.review().locator("#place", { hasText: "pair 1 of 3" }).waitFor();
    await press("f");
    await editor.review().locator("#state:focus").waitFor();
    await press("Escape");
    await editor.untilReviewing("How many mills does Ville72 have?");
    await press("Shift+A");
    await editor.review().getByRole("alert").getByText("Accept all 3 that are left?").waitFor();
    await press("y");
    await untilText(5);
    await press("u");
    await end("All 6 reviewed.");
  });

  check("instead of a preview the review opens, and keys stay where the user types", async () => {
    await synthesized("preview.dlm", [75], "preview");
    const card = editor.review().locator("#card", { hasText: "How many mills does Ville75 have?" });
    await card.waitFor();
    await editor.page.keyboard.type("y");
    await editor.host.run(({ vscode, until }) =>
      until(() => vscode.window.activeTextEditor?.document.getText().includes("\nyThe town of")),
    );
    await progress("0 of 2 reviewed");
  });

  check("pairs in the text are marked as unreviewed until they are decided on", async () => {
    await synthesized("marked.dlm", [76]);
    await editor.untilSynthesized(2);
    const marked = editor.page.locator(".view-overlays .cdr[class*=TextEditorDecorationType]");
    await marked.first().waitFor();
    await press("Alt+Shift+R");
    await editor.untilReviewing("How many mills does Ville76 have?");
    await press("y", "y");
    await end("All 2 reviewed.");
    await marked.first().waitFor({ state: "detached" });
    assert.equal((await untilText(2)).match(/^How many|^When was/gm)?.length, 2);
  });

  check("a refused pair says why, and can be taken anyway", async () => {
    teacher.writes = (number) => {
      const [first, ...rest] = pairsAbout(number);
      return first ? [first, { ...first, answer: `It has ${number + 10} mills.` }, ...rest] : [];
    };
    await editor.set("perSection", 3);
    try {
      await synthesized("refused.dlm", [77]);
      const outcome = editor.notification("2 accepted, 1 refused");
      await editor.press(outcome, "Show Why");
      await editor.untilReviewing("Refused: nearly the same as another pair");
      await press("y");
      assert.match(await untilText(3), /It has 87 mills\./);
      await end("No refused pair is left.");
    } finally {
      await editor.set("perSection", 2);
    }
  });

  check("what is staged for another document is taken after the server's question", async () => {
    await reviewed("first.dlm", 83);
    const text = editor.onDisk("first.dlm");
    await editor.open("copy.dlm", text);
    await press("Alt+Shift+R");
    await editor.untilReviewing("How many mills does Ville83 have?");
    await press("y");
    await editor.press(editor.notification("first.dlm"), "Force it");
    assert.match(await untilText(1), /How many mills does Ville83 have\?/);
  });

  check("what a teacher wrote is shown as it is, and nothing of it is done or loaded", async () => {
    const spite = `<script>parent.title="x"</script><img src="${teacher.address}/a.png" onerror="alert(1)"> ![x](${teacher.address}/b.png) [y](command:workbench.action.closeWindow) ]]>`;
    teacher.strange = [];
    teacher.writes = (number) =>
      pairsAbout(number).map((pair): Pair => ({
        question: `${spite} ${pair.question}`,
        answer: `${pair.answer} ${spite}`,
        evidence: pair.evidence,
      }));
    await synthesized("spite.dlm", [78], "stage");
    await editor.notification("2 staged").waitFor();
    await editor.command("dlm.reviewPairs");
    await editor.untilReviewing("How many mills does Ville78 have?");
    const card = editor.review().locator("#card");
    assert.equal(
      await card.locator("#question").textContent(),
      `${spite} How many mills does Ville78 have?`,
    );
    assert.ok((await card.locator("#answer").textContent())?.includes(spite));
    assert.equal(await card.locator("script, img, a, iframe").count(), 0);
    await editor.showView();
    const row = editor.row(/How many mills does Ville78 have/);
    await row.hover();
    const hover = editor.page.locator(".monaco-hover:visible", { hasText: "command:workbench" });
    await hover.waitFor();
    assert.ok((await hover.textContent())?.includes(spite));
    assert.equal(await hover.locator("script, img, a[href], a[data-href]").count(), 0);
    assert.deepEqual(teacher.strange, []);
  });

  check("what a teacher complains of is no link in a message", async () => {
    teacher.complaint =
      "[press](command:workbench.action.closeWindow) or [look](https://a.example)";
    try {
      await synthesized("complaint.dlm", [81]);
      const notification = editor.notification("[press]");
      await notification.getByRole("button", { name: "Retry" }).waitFor();
      const link = ".notification-list-item-message a";
      assert.equal(await notification.locator(link).count(), 0);
      await editor.host.run(({ vscode }) => {
        void vscode.window.showInformationMessage("[click](command:workbench.action.closeWindow)");
      });
      const control = editor.notification("click").locator(link);
      await control.waitFor();
    } finally {
      teacher.complaint = undefined;
    }
  });

  check("a window that is loaded anew has the review where it was", async () => {
    await reviewed("reload.dlm", 84, 85);
    await press("y", "j");
    await editor.untilReviewing("How many mills does Ville85 have?");
    await untilText(1);
    await editor.command("workbench.action.files.saveAll");
    await editor.reload();
    await editor.untilReviewing("How many mills does Ville85 have?");
    await progress("1 of 4 reviewed");
    await press("y");
    assert.match(await untilText(2), /How many mills does Ville85 have\?/);
    await editor.untilReviewing("When was the bridge of Ville85 built?");
  });

  check("a page that no extension hears claims nothing, and the review goes on anew", async () => {
    await reviewed("host.dlm", 86, 87);
    await press("y");
    await untilText(1);
    await editor.command("workbench.action.files.saveAll");
    const renewed = editor.host.renewed();
    // The editor in a browser has no command for it, and starts another one where this is gone.
    process.kill(await editor.host.run(() => process.pid), "SIGKILL");
    await renewed;
    await editor.review().locator("#pair").click();
    await press("y");
    await editor.review().getByRole("alert").getByText("Nobody hears this page").waitFor();
    await progress("1 of 4 reviewed");
    await editor.page.locator(".view-line", { hasText: "Ville86" }).first().click();
    await press("Alt+Shift+R");
    await editor.untilReviewing("When was the bridge of Ville86 built?");
    await press("y");
    await progress("2 of 4 reviewed");
    assert.match(await untilText(2), /When was the bridge of Ville86 built\?/);
  });

  check("the page's policy keeps out whatever would get past that", async () => {
    await reviewed("policy.dlm", 79);
    const blocked = await editor
      .review()
      .locator("#pair")
      .evaluate(async (pair, address) => {
        const found: string[] = [];
        document.addEventListener("securitypolicyviolation", (event) => {
          found.push(event.effectiveDirective);
        });
        const picture = document.createElement("img");
        const failed = new Promise((resolve) => {
          picture.addEventListener("error", resolve);
        });
        picture.src = `${address}/c.png`;
        const script = document.createElement("script");
        script.textContent = "document.title = 'run'";
        pair.append(picture, script);
        await failed;
        await fetch(address).catch(() => undefined);
        while (new Set(found).size < 3) {
          await new Promise((resolve) => setTimeout(resolve, 40));
        }
        return { found: [...new Set(found)].sort(), title: document.title };
      }, teacher.address);
    assert.deepEqual(blocked.found, ["connect-src", "img-src", "script-src-elem"]);
    assert.equal(blocked.title, "Review");
    assert.deepEqual(teacher.strange, []);
  });
});
