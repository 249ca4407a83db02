/** Prints what the extension adds to the start of the editor, as the editor itself measures it. */

import { about } from "./documents";
import { Editor } from "./editor";

const STARTS = 5;

async function activation(): Promise<number> {
  const editor = await Editor.start();
  try {
    // The list shows no rows that are out of view.
    await editor.page.setViewportSize({ width: 1280, height: 2400 });
    await editor.open("one.dlm", about(1));
    await editor.command("workbench.action.showRuntimeExtensions");
    const row = editor.page.locator(".runtime-extensions-editor .monaco-list-row", {
      hasText: "dlm: Document Language Model",
    });
    const time = row.getByText(/Activation: \d+ms/);
    return Number(/(\d+)ms/.exec(await time.innerText())?.[1]);
  } finally {
    await editor.close();
  }
}

async function main(): Promise<void> {
  const times: number[] = [];
  while (times.length < STARTS) {
    times.push(await activation());
  }
  console.log(`activation: ${times.sort((time, other) => time - other).join(", ")} ms`);
}

void main();
