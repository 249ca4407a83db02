/** Every way to a synthesis, and the ways into the extension. */

import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { about } from "./documents";
import { Editor } from "./editor";
import { Teacher } from "./teacher";

void describe("roads", () => {
  let teacher: Teacher;
  let editor: Editor;

  before(async () => {
    teacher = await Teacher.start();
    editor = await Editor.startWith(teacher, {
      files: {
        "notes.txt": "The town of Ville1.\n",
        "many/one.dlm": about(36),
        "many/two.dlm": about(37),
      },
    });
  });

  after(async () => {
    await editor.close();
    teacher.close();
  });

  const check = (name: string, body: () => Promise<void>) => {
    Editor.test(name, () => editor, body);
  };

  const isActive = () =>
    editor.host.run(({ vscode }) => vscode.extensions.getExtension("dlm-lsp.dlm")?.isActive);

  check("nothing is started before a document of ours is opened", async () => {
    await editor.host.run(async ({ vscode }, path) => {
      await vscode.window.showTextDocument(vscode.Uri.file(path));
    }, editor.path("notes.txt"));
    assert.equal(await isActive(), false);
    assert.deepEqual(editor.servers(), []);
    await editor.open("first.dlm", about(30));
    assert.equal(await isActive(), true);
  });

  check("the walkthrough has four steps, and opens an example that is the user's own", async () => {
    await editor.command("workbench.action.openWalkthrough", "dlm-lsp.dlm#start");
    const steps = editor.page.locator(".getting-started-step");
    await steps.nth(3).waitFor();
    assert.equal(await steps.count(), 4);
    await steps.filter({ hasText: "Synthesize instructions" }).click();
    await editor.page.getByRole("button", { name: "Open Example Document" }).click();
    await editor.host.run(({ vscode, until }) =>
      until(() => vscode.window.activeTextEditor?.document.isUntitled),
    );
    assert.match(await editor.text(), /^---\ndlm_id: [0-9A-HJKMNP-TV-Z]{26}\n/);
    await editor.untilServed();
    // Of what is open, although it is not in view.
    await editor.command("workbench.action.openWalkthrough", "dlm-lsp.dlm#start");
    await steps.filter({ hasText: "Review what was written" }).click();
    await editor.page.getByRole("button", { name: "Review Synthesized Pairs" }).click();
    await editor.review().getByText("Nothing is synthesized in this document.").first().waitFor();
  });

  check("the palette makes a document, and never over a file", async () => {
    const place = async (name: string) => {
      await editor.palette("dlm: New Document…");
      await editor.answerInPlaceOf("notes.dlm", "New Document", editor.path(name));
    };
    await place("new.dlm");
    await editor.pick("qwen3-1.7b");
    await editor.untilShown("new.dlm");
    const made = await editor.text();
    assert.match(
      made,
      /^---\ndlm_id: [0-9A-HJKMNP-TV-Z]{26}\ndlm_version: 15\nbase_model: qwen3-1.7b\n---\n/,
    );
    assert.equal(editor.onDisk("new.dlm"), made);
    await place("new.dlm");
    // The editor itself asks first whether a file is to be replaced.
    await editor.page.locator(".quick-input-widget", { hasText: "already exists" }).waitFor();
    await editor.page.keyboard.press("Enter");
    await editor.pick("smollm2-135m");
    await editor.notification("is a document already").waitFor();
    assert.equal(editor.onDisk("new.dlm"), made);
  });

  check("an empty file gets a frontmatter, and its prose a section per heading", async () => {
    await editor.show("empty.dlm", "");
    const severities = await editor.host.run(({ vscode, until }) =>
      until(() => {
        const uri = vscode.window.activeTextEditor?.document.uri;
        const found = (uri ? vscode.languages.getDiagnostics(uri) : []).map(
          ({ severity }) => vscode.DiagnosticSeverity[severity],
        );
        return found.length > 0 ? found : undefined;
      }),
    );
    assert.deepEqual(severities, ["Hint"]);
    await editor.chooseAction("Add frontmatter");
    await editor.host.run(({ vscode, until }) =>
      until(() => vscode.window.activeTextEditor?.document.getText().includes("base_model")),
    );
    await editor.insert("# One\nA.\n# Two\nB.\n# Three\nC.\n");
    await editor.goTo("# Two");
    await editor.chooseAction("Split into a section per heading");
    await editor.host.run(({ vscode, until }) =>
      until(() =>
        vscode.window.activeTextEditor?.document.getText().includes("::prose::\n# Three"),
      ),
    );
    assert.deepEqual(await editor.problems(), []);
  });

  check("the lens above a section synthesizes", async () => {
    await editor.open("lens.dlm", about(31));
    await editor.page
      .locator(".codelens-decoration a", { hasText: "Synthesize instructions" })
      .first()
      .click();
    await editor.untilSynthesized(2);
  });

  check("the context menu synthesizes", async () => {
    await editor.open("menu.dlm", about(32));
    const line = editor.page.locator(".view-line", { hasText: "Ville32" }).first();
    const words = { hasText: /^Synthesize Instructions/ };
    const item = editor.page.locator(".monaco-menu .action-item", words).first();
    await editor.repeat(
      () => line.click({ button: "right", position: { x: 60, y: 8 } }),
      item,
      () => editor.page.keyboard.press("Escape"),
    );
    await item.hover();
    await editor.page.locator(".monaco-menu .action-item.focused", words).waitFor();
    // A menu that has just been opened takes no click yet.
    await editor.page.keyboard.press("Enter");
    await editor.untilSynthesized(2);
  });

  check("the editor's title synthesizes from the whole document", async () => {
    await editor.open("title.dlm", about(33, 34));
    await editor.page
      .locator(`.editor-actions .action-label[aria-label^="Synthesize Instructions"]`)
      .click();
    await editor.untilSynthesized(4);
  });

  check("all documents of a folder are synthesized from, one after the other", async () => {
    await editor.open("other.dlm", about(38));
    await editor.host.run(({ vscode }, path) => {
      void vscode.commands.executeCommand("dlm.synthesizeWorkspace", vscode.Uri.file(path));
    }, editor.path("many"));
    const question = editor.page.locator(".monaco-dialog-box");
    await question.getByText("Synthesize instructions from 2 documents?").waitFor();
    await question.getByRole("button", { name: "Synthesize" }).click();
    const outcome = editor.notification("2 documents: 4 accepted");
    await editor.press(outcome, "Review");
    await editor.untilReviewing("How many mills does Ville36 have?");
    const texts = await editor.host.run(({ vscode }) =>
      vscode.workspace.textDocuments
        .filter(({ uri }) => uri.path.includes("/many/"))
        .map((document) => document.getText()),
    );
    assert.deepEqual(
      texts.map((text) => text.match(/^<!-- dlm-auto-synth:/gm)?.length),
      [2, 2],
    );
  });

  check("the explorer's menu synthesizes from a document that is not open", async () => {
    await editor.host.run(({ vscode }, path) => {
      void vscode.commands.executeCommand("dlm.synthesizeDocument", vscode.Uri.file(path));
    }, editor.path("many/two.dlm"));
    await editor.notification("accepted").waitFor();
  });

  check("the palette synthesizes, and the report says what became of it", async () => {
    await editor.open("palette.dlm", about(35));
    await editor.palette("dlm: Synthesize Instructions for the Document");
    await editor.untilSynthesized(2);
    await editor.palette("dlm: Show Report");
    await editor.host.run(({ vscode, until }) =>
      until(() =>
        vscode.window.tabGroups.all.some(({ tabs }) =>
          tabs.some(({ label }) => label.includes("report.md")),
        ),
      ),
    );
  });
});
