/** A workspace that somebody else has made. */

import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { about } from "./documents";
import { Editor } from "./editor";
import { SERVER } from "./paths";
import { Teacher } from "./teacher";
import { until } from "./wait";

const OTHERS = "vllm-server:http://teacher.example:9#m";

void describe("trust", () => {
  let teacher: Teacher;
  let editor: Editor;

  before(async () => {
    teacher = await Teacher.start();
    const started = `#!/bin/sh\ntouch "$(dirname "$0")/executed"\nexec "${SERVER}" "$@"\n`;
    editor = await Editor.startWith(teacher, {
      trust: true,
      files: {
        "evil.sh": started,
        ".vscode/settings.json": JSON.stringify({
          "dlm.path": "${workspaceFolder}/evil.sh",
          "dlm.teacher": OTHERS,
          "dlm.judge": "hf:somebody/else",
          "dlm.synth.teacher": OTHERS,
          // Not a setting of ours: what the editor makes of it is.
          dlm: { path: "${workspaceFolder}/evil.sh", teacher: OTHERS, synth: { teacher: OTHERS } },
        }),
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
  const isTrusted = () => editor.host.run(({ vscode }) => vscode.workspace.isTrusted);

  check("its settings choose neither executable nor teacher before it is trusted", async () => {
    await editor.open("one.dlm", about(1));
    assert.equal(await isTrusted(), false);
    assert.equal(editor.servers().length, 1);
    assert.equal(editor.exists("executed"), false);
    await editor.command("dlm.synthesizeDocument");
    await editor.untilSynthesized(2);
    assert.equal(teacher.asked, 1);
    assert.equal(editor.exists("executed"), false);
  });

  check("no text leaves the machine before it is trusted, whoever wants it", async () => {
    await editor.set("teacher", "vllm-server:http://mine.example:9#m");
    await editor.open("two.dlm", about(2));
    await editor.palette("dlm: Synthesize Instructions for the Document");
    const refused = editor.notification("Nothing was sent to mine.example");
    await editor.press(refused, "Manage Workspace Trust");
    const trust = editor.page.locator(".workspace-trust-editor");
    await trust.getByRole("button", { name: "Trust", exact: true }).click();
    await editor.host.run(({ vscode, until: wait }) => wait(() => vscode.workspace.isTrusted));
  });

  check("once it is trusted they do, and the host is named before text goes there", async () => {
    await until(() => editor.exists("executed"));
    await editor.open("three.dlm", about(3));
    await editor.palette("dlm: Synthesize Instructions for the Document");
    const question = editor.page.locator(".monaco-dialog-box");
    await question.getByText("Send text to teacher.example?").waitFor();
    await question.getByRole("button", { name: "Cancel" }).click();
    await question.waitFor({ state: "detached" });
    assert.equal(teacher.asked, 1);
  });
});
