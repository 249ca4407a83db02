/** The commands that have instructions synthesized. */

import * as vscode from "vscode";
import { CodeActionRequest, CodeActionTriggerKind, Command } from "vscode-languageclient/node";
import type { CodeAction, LanguageClient } from "vscode-languageclient/node";
import { synthesisAction } from "../logic/codeActions";
import type { Unavailable } from "../logic/overview";
import { CHOOSE_TEACHER, remedies, wantsChoice } from "../logic/remedies";
import type { Button } from "../logic/remedies";
import { addressIn } from "./argument";
import { ask } from "./ask";
import { activeEditor, teacherOf } from "./documents";
import { offer, press } from "./offer";
import type { Server } from "./server";

const KIND = "refactor.rewrite.dlm.synthesize";

/** Synthesize from the section that the cursor is in, or those that the selection touches. */
export async function synthesize(server: Server): Promise<void> {
  const editor = activeEditor();
  const client = editor && (await server.started());
  if (!client) {
    return;
  }
  const choice = synthesisAction(await offeredActions(client, editor));
  if (choice.kind === "run") {
    await vscode.commands.executeCommand(choice.command, choice.argument);
  } else if (choice.kind === "disabled") {
    const teacher = teacherOf(editor.document.uri);
    const { uri } = editor.document;
    void tellUnavailable(choice.reason, uri, teacher, server, { command: "dlm.synthesize" });
  } else {
    void offerDocument(server, editor.document.uri);
  }
}

/** Synthesize from every section of a document. */
export async function synthesizeDocument(server: Server, about: unknown): Promise<void> {
  const uri = addressIn(about);
  if (uri !== undefined) {
    // The explorer has documents that are not open; the server asks about those that are.
    await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
    await ask(server, "dlm.synth.run", { uri });
  }
}

/** A command that was run, and can be once more. */
export type Wanted = Pick<Button, "command" | "argument">;

/** Whether it is one of many, which are told of together. */
export function isQuiet(wanted: Wanted | undefined): boolean {
  const argument = wanted?.argument;
  return typeof argument === "object" && argument !== null && "quiet" in argument;
}

/**
 * Say why there can be no synthesis for a document by a teacher, and what can be done about it.
 *
 * Once that is done, what was `wanted` goes on.
 */
export async function tellUnavailable(
  reason: Unavailable,
  uri: vscode.Uri,
  teacher: string,
  server: Server,
  wanted?: Wanted,
): Promise<void> {
  const goOn = wanted && (() => runAgain(server, wanted));
  const buttons = remedies(reason.code, teacher, server.isOwn, uri.toString()).map((button) =>
    button === CHOOSE_TEACHER && goOn
      ? { ...button, argument: { reason: reason.message } }
      : button,
  );
  const [choose] = buttons;
  if (goOn && choose && wantsChoice(reason.code)) {
    await press(choose, goOn);
    return;
  }
  await offer("warning", `dlm: ${reason.message}`, buttons, goOn);
}

/** Do what could not be done before, once the server has the keys and settings of by now. */
export async function runAgain(server: Server, wanted: Wanted): Promise<void> {
  await server.reconsider();
  await server.tellSettings();
  await vscode.commands.executeCommand(wanted.command, wanted.argument);
}

/** What the lightbulb would offer, with what the editor's own command leaves out: the disabled. */
async function offeredActions(client: LanguageClient, { document, selection }: vscode.TextEditor) {
  const actions = await client.sendRequest(CodeActionRequest.type, {
    textDocument: client.code2ProtocolConverter.asTextDocumentIdentifier(document),
    range: client.code2ProtocolConverter.asRange(selection),
    context: { diagnostics: [], only: [KIND], triggerKind: CodeActionTriggerKind.Invoked },
  });
  return (actions ?? []).filter((action): action is CodeAction => !Command.is(action));
}

async function offerDocument(server: Server, uri: vscode.Uri): Promise<void> {
  const whole = "Synthesize for the Document";
  const button = await vscode.window.showInformationMessage(
    "The cursor is in no prose section.",
    whole,
  );
  if (button === whole) {
    await synthesizeDocument(server, uri);
  }
}
