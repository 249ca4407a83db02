/** Choosing a teacher, keys, and what the editor tells of both. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { after, before, describe } from "node:test";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { about } from "./documents";
import { Editor } from "./editor";
import { Teacher, town } from "./teacher";

const KEY = "sk-of-the-tests-0123456789";

const PLUGIN = `from dlm_lsp.teachers.kind import TeacherKind

CARDS = TeacherKind(
    name="cards", target="<file>", description="prepared pairs: from a file", create=lambda _: None
)
`;

/** Put a distribution that brings a teacher where a server finds it by PYTHONPATH. */
function installPlugin(folder: string): void {
  const metadata = join(folder, "dlm_cards-1.0.dist-info");
  mkdirSync(metadata);
  writeFileSync(join(folder, "dlm_cards.py"), PLUGIN);
  writeFileSync(
    join(metadata, "METADATA"),
    "Metadata-Version: 2.1\nName: dlm-cards\nVersion: 1.0\n",
  );
  const entryPoints = "[dlm_lsp.teachers]\ncards = dlm_cards:CARDS\n";
  writeFileSync(join(metadata, "entry_points.txt"), entryPoints);
}

void describe("teachers", () => {
  let teacher: Teacher;
  let editor: Editor;
  let plugins: string;

  before(async () => {
    teacher = await Teacher.start();
    plugins = mkdtempSync(join(tmpdir(), "dlm-plugins-"));
    installPlugin(plugins);
    const paths = [plugins, process.env["PYTHONPATH"]].filter(Boolean).join(delimiter);
    editor = await Editor.start({
      settings: { "dlm.filter": "dedup-only", "dlm.perSection": 2 },
      environment: { OPENAI_BASE_URL: `${teacher.address}/v1`, PYTHONPATH: paths },
    });
  });

  after(async () => {
    await editor.close();
    teacher.close();
    rmSync(plugins, { recursive: true, force: true });
  });

  const check = (name: string, body: () => Promise<void>) => {
    Editor.test(name, () => editor, body);
  };

  check("a server is asked for its models, and the one that is picked is set", async () => {
    await editor.open("server.dlm", about(41));
    await editor.palette("dlm: Choose Teacher");
    await editor.pick("Any OpenAI-compatible server");
    await editor.answer("Address of the server", teacher.address);
    await editor.pick("towns");
    await editor.untilSet("teacher", teacher.selector);
    await editor.command("dlm.synthesizeDocument");
    await editor.untilSynthesized(2);
  });

  check("a server that does not answer is told, and can be named anyway", async () => {
    await editor.palette("dlm: Choose Teacher");
    await editor.pick("Any OpenAI-compatible server");
    await editor.answer("Address of the server", "http://127.0.0.1:9");
    const notification = editor.notification("127.0.0.1:9 does not answer");
    await editor.press(notification, "Name a Model Anyway");
    await editor.name("Model", "later");
    await editor.untilSet("teacher", "vllm-server:http://127.0.0.1:9#later");
  });

  check("a teacher of a plugin is offered as well, and asked for its target", async () => {
    await editor.palette("dlm: Choose Teacher");
    await editor.pick("Prepared pairs…");
    await editor.answer("Teacher cards:<file>", "towns.txt");
    await editor.untilSet("teacher", "cards:towns.txt");
  });

  check("one without a target is set at once", async () => {
    await editor.palette("dlm: Choose Teacher");
    await editor.pick("The document's own trained adapter");
    await editor.untilSet("teacher", "self");
  });

  check("a key is asked for, checked, handed to the server and kept out of settings", async () => {
    teacher.key = KEY;
    await editor.open("key.dlm", about(42));
    await editor.palette("dlm: Choose Teacher");
    await editor.pick("OpenAI…");
    await editor.answer("API key for OpenAI", "sk-wrong");
    const rejected = editor.notification("rejects the key");
    await editor.press(rejected, "Set API Key");
    await editor.answer("API key for OpenAI", KEY);
    await editor.pick("towns");
    await editor.untilSet("teacher", "openai:towns");
    await editor.untilServed();
    await editor.command("dlm.synthesizeDocument");
    const text = await editor.untilSynthesized(2);
    assert.match(text, /synth_teacher="openai:towns"/);
    assert.deepEqual(editor.filesWith(KEY), []);
    assert.notDeepEqual(editor.filesWith("openai:towns"), []);
  });

  check("the status says teacher and counts", async () => {
    await editor.page.locator("#status\\.languageStatus").click();
    const status = editor.page.locator(".hover-language-status", { hasText: "openai:towns" });
    await status.getByText("ready · 2 inserted").waitFor();
    const review = editor.page.locator(".hover-language-status", { hasText: "0 of 2 reviewed" });
    await review.getByText("Review", { exact: true }).waitFor();
    await editor.page.keyboard.press("Escape");
  });

  check("debug information has neither the key nor any prose", async () => {
    await editor.palette("dlm: Copy Debug Information");
    await editor.notification("on the clipboard").waitFor();
    const copied = await editor.host.run(
      async ({ vscode }) => await vscode.env.clipboard.readText(),
    );
    assert.match(copied, /dlm-lsp\.dlm/);
    assert.match(copied, /OPENAI_API_KEY/);
    assert.ok(!copied.includes(KEY));
    assert.ok(!copied.includes(town(42)));
    assert.ok(!copied.includes("mills"));
  });

  check("a key that is removed is asked for again", async () => {
    await editor.palette("dlm: Set API Key");
    await editor.pick("OpenAI");
    await editor.pick("Remove the key");
    const text = about(43);
    await editor.open("removed.dlm", text);
    await editor.command("dlm.synthesizeDocument");
    const notification = editor.notification("OPENAI_API_KEY");
    assert.equal(readFileSync(editor.path("removed.dlm"), "utf8"), text);
    await editor.press(notification, "Set API Key");
    await editor.pick("OpenAI");
    await editor.answer("API key for OpenAI", KEY);
    await editor.untilSynthesized(2);
  });

  check("a run whose key is rejected says so, and can be run again", async () => {
    await editor.open("rejected.dlm", about(44));
    teacher.key = "sk-another";
    await editor.command("dlm.synthesizeDocument");
    const notification = editor.notification("refused the key");
    for (const name of ["Set API Key", "Choose Teacher"]) {
      await notification.getByRole("button", { name }).waitFor();
    }
    teacher.key = KEY;
    await editor.press(notification, "Retry");
    await editor.untilSynthesized(2);
  });

  check("a run that no teacher was there for goes on once one is chosen", async () => {
    teacher.key = undefined;
    await editor.set("teacher", "self");
    await editor.open("chosen.dlm", about(45));
    await editor.command("dlm.synthesizeDocument");
    await editor.page
      .locator(".quick-input-widget input[placeholder*='no trained adapter']")
      .waitFor();
    await editor.pick("Any OpenAI-compatible server");
    await editor.answer("Address of the server", teacher.address);
    await editor.pick("towns");
    await editor.untilSynthesized(2);
  });

  check("a server that is dead is told with what helps", async () => {
    await editor.set("teacher", "vllm-server:http://127.0.0.1:9#towns");
    await editor.open("dead.dlm", about(46));
    await editor.command("dlm.synthesizeDocument");
    const notification = editor.notification("cannot reach http://127.0.0.1:9");
    for (const name of ["Retry", "Choose Teacher"]) {
      await notification.getByRole("button", { name }).waitFor();
    }
  });
});

void describe("teachers without a server", () => {
  let editor: Editor;

  before(async () => {
    editor = await Editor.start({ machine: { "dlm.path": "WORK/none" } });
  });

  after(async () => {
    await editor.close();
  });

  Editor.test(
    "no list stands in for that of the server, and what helps is offered",
    () => editor,
    async () => {
      // The palette lists the commands of the extensions that are there when it opens.
      await editor.show("plain.txt", "no document");
      await editor.palette("dlm: Choose Teacher");
      const notification = editor.notification("The dlm language server was not found");
      for (const name of ["Choose Interpreter", "Install", "Show Log"]) {
        await notification.getByRole("button", { name }).waitFor();
      }
      const rows = editor.page.locator(".quick-input-list .monaco-list-row:visible");
      assert.equal(await rows.count(), 0);
    },
  );
});
