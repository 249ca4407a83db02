/** The commands of the review: on a node of the tree, or where the cursor is. */

import { posix } from "node:path";
import * as vscode from "vscode";
import { Clicks } from "../logic/clicks";
import { reviewTargets } from "../logic/reviewTargets";
import type { ReviewCommand } from "../logic/reviewTargets";
import { sectionsOf } from "../logic/overview";
import type { Overview, SynthesizedSection } from "../logic/overview";
import { plural } from "../logic/plural";
import type { Node } from "../logic/tree";
import { addressIn, nodeIn } from "./argument";
import { ask } from "./ask";
import { show, under } from "./cursor";
import { activeEditor, asRange } from "./documents";
import type { Overviews } from "./overviews";
import type { Server } from "./server";

export class Review {
  private readonly clicks = new Clicks();

  constructor(
    private readonly server: Server,
    private readonly overviews: Overviews,
  ) {}

  /** Do something to what is below a node; without a node, to what is under the cursor. */
  async act(command: ReviewCommand, about: unknown): Promise<void> {
    const node = nodeIn(about);
    // After the first click of two, another row may be under the mouse.
    if (node && this.clicks.isSecond(Date.now())) {
      return;
    }
    const { uri, sections } = node ?? (await this.atCursor());
    const ids = reviewTargets(command, sections);
    if (command === "discard" && ids.length > 0) {
      await this.discard(uri, ids.length, { sections: ids });
    } else if (ids.length === 0) {
      vscode.window.setStatusBarMessage("dlm: the cursor is in no synthesized section", 4_000);
    } else {
      await ask(this.server, `dlm.synth.${command}`, { uri, sections: ids, ...origin(sections) });
    }
  }

  async keepAll(about: unknown): Promise<void> {
    const overview = await this.overviewOf(about);
    const ids = overview ? reviewTargets("keep", sectionsOf(overview)) : [];
    const what = plural(ids.length, "synthesized section");
    if (overview && (await this.sure(ids.length, `Keep ${what} as your own?`, "Keep", KEEP))) {
      await ask(this.server, "dlm.synth.keep", { uri: overview.uri, sections: ids });
    }
  }

  async applyAll(about: unknown): Promise<void> {
    const overview = await this.overviewOf(about);
    if (overview) {
      await ask(this.server, "dlm.synth.apply", { uri: overview.uri });
    }
  }

  async discardAll(about: unknown): Promise<void> {
    const overview = await this.overviewOf(about);
    const count = overview?.counts.staged ?? 0;
    if (overview) {
      await this.discard(overview.uri, count, {});
    }
  }

  /** Drop what waits, after a question, and offer to put it back. */
  private async discard(uri: string, count: number, about: object): Promise<void> {
    const what = plural(count, "staged section");
    if (!(await this.sure(count, `Discard ${what}?`, "Discard", DISCARD))) {
      return;
    }
    await ask(this.server, "dlm.synth.discard", { uri, ...about });
    const undo = "Undo";
    const chosen = await vscode.window.showInformationMessage(`dlm: ${what} discarded.`, undo);
    if (chosen === undo) {
      await ask(this.server, "dlm.synth.restoreDiscarded", { uri });
    }
  }

  async revert(about: unknown): Promise<void> {
    const overview = await this.overviewOf(about);
    const count = overview ? reviewTargets("remove", sectionsOf(overview)).length : 0;
    const name = overview && posix.basename(vscode.Uri.parse(overview.uri).path);
    const question = `Remove ${plural(count, "synthesized section")} from ${name}?`;
    if (!overview || !(await this.sure(count, question, "Revert", REVERT))) {
      return;
    }
    const answer = await ask(this.server, "dlm.synth.revert", { uri: overview.uri });
    const edited = editedIn(answer);
    if (edited > 0) {
      void vscode.window.showInformationMessage(
        `dlm: ${plural(edited, "section")} stayed, since you have edited ${edited === 1 ? "it" : "them"}.`,
      );
    }
  }

  async reveal(about: unknown): Promise<void> {
    const node = nodeIn(about);
    if (!node) {
      return;
    }
    const editor = await vscode.window.showTextDocument(vscode.Uri.parse(node.uri));
    if (node.range) {
      show(editor, asRange(node.range));
    }
  }

  private async atCursor(): Promise<Pick<Node, "uri" | "sections">> {
    const editor = activeEditor();
    const overview = editor && (await this.overviews.fresh(editor.document));
    const found = overview && under(editor, overview);
    return { uri: overview?.uri ?? "", sections: found ? [found.section] : [] };
  }

  /** Asked anew: what is counted in a question has to be right. */
  private async overviewOf(about: unknown): Promise<Overview | undefined> {
    const uri = addressIn(about);
    if (uri === undefined || !(await this.server.started())) {
      return undefined;
    }
    return this.overviews.ask(uri);
  }

  private async sure(
    count: number,
    question: string,
    yes: string,
    detail: string,
  ): Promise<boolean> {
    if (count === 0) {
      const nothing = yes === "Discard" ? "staged for" : "synthesized in";
      void vscode.window.showInformationMessage(`dlm: nothing is ${nothing} this document.`);
      return false;
    }
    return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
  }
}

const KEEP = "Their marker lines are taken out; nothing will revert or regenerate them any more.";
const DISCARD =
  "They were never in the document. Until the staged pairs change, this can be undone.";
const REVERT =
  "Those that you have edited since stay, and so does what you wrote. One undo brings them back.";

/** What tells a section from an equal one, which has the same id. */
function origin(sections: readonly SynthesizedSection[]): object {
  const [only, ...others] = sections;
  return only && others.length === 0 ? { teacher: only.teacher, at: only.at } : {};
}

function editedIn(answer: unknown): number {
  const edited =
    typeof answer === "object" && answer !== null && "edited" in answer ? answer.edited : [];
  return Array.isArray(edited) ? edited.length : 0;
}
