/** The commands that have instructions synthesized. */

import * as vscode from "vscode";
import { CodeActionRequest, CodeActionTriggerKind, Command } from "vscode-languageclient/node";
import type { CodeAction, LanguageClient } from "vscode-languageclient/node";
import { synthesisAction } from "../logic/codeActions";
import type { Unavailable } from "../logic/overview";
import { remedies, wantsChoice } from "../logic/remedies";
import { addressIn } from "./argument";
import { ask } from "./ask";
import { activeEditor, teacherOf } from "./documents";
import type { Server } from "./server";

const CHOOSE = "dlm.chooseTeacher";
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
    void tellUnavailable(choice.reason, teacherOf(editor.document.uri), server);
  } else {
    void offerDocument(server, editor.document.uri);
  }
}

/** Synthesize from every section of a document. */
export async function synthesizeDocument(server: Server, about: unknown): Promise<void> {
  const uri = addressIn(about);
  if (uri !== undefined) {
    await ask(server, "dlm.synth.run", { uri });
  }
}

/**
 * Say why there can be no synthesis by a teacher, and what can be done about it.
 *
 * Once another teacher is chosen, what wanted one can `goOn`.
 */
export async function tellUnavailable(
  reason: Unavailable,
  teacher: string,
  server: Server,
  goOn?: () => unknown,
): Promise<void> {
  if (goOn && wantsChoice(reason.code)) {
    await chooseAndGoOn(reason, server, goOn);
    return;
  }
  const commands = remedies(reason.code, teacher, server.isOwn);
  const button = await vscode.window.showWarningMessage(
    `dlm: ${reason.message}`,
    ...Object.keys(commands),
  );
  const command = button === undefined ? undefined : commands[button];
  if (command === CHOOSE && goOn) {
    await chooseAndGoOn(reason, server, goOn);
  } else if (command !== undefined) {
    await vscode.commands.executeCommand(command);
  }
}

async function chooseAndGoOn(
  reason: Unavailable,
  server: Server,
  goOn: () => unknown,
): Promise<void> {
  const chosen = await vscode.commands.executeCommand(CHOOSE, { reason: reason.message });
  // With a new key the server starts anew.
  if (chosen === true && (await server.started())) {
    await goOn();
  }
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
