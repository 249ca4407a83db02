/** Asking before the first text leaves for a host. */

import * as vscode from "vscode";
import { decide } from "../logic/consent";
import { consentDetail } from "../logic/estimate";

const AGREED = "dlm.agreedHosts";

export class Consent {
  constructor(private readonly memory: vscode.Memento) {}

  /**
   * Whether a synthesis may go ahead; the user is asked once for each workspace and host.
   *
   * `estimate` says what it would cost, where that can be told. "other": with another teacher,
   * which the user has chosen meanwhile.
   */
  async given(
    teacher: string,
    estimate: () => Promise<string | undefined>,
  ): Promise<"yes" | "no" | "other"> {
    const agreed = this.memory.get<string[]>(AGREED, []);
    const decision = decide(teacher, {
      environment: process.env,
      trusted: vscode.workspace.isTrusted,
      agreed,
    });
    if (decision.kind === "go") {
      return "yes";
    }
    if (decision.kind === "refuse") {
      void refuse(decision.host);
      return "no";
    }
    const answer = await ask(decision.host, await estimate());
    if (answer === "yes") {
      await this.memory.update(AGREED, [...agreed, decision.host]);
    }
    return answer;
  }
}

async function ask(host: string, estimate: string | undefined): Promise<"yes" | "no" | "other"> {
  const send = "Send";
  const other = "Choose Another Teacher";
  const chosen = await vscode.window.showWarningMessage(
    `Send text to ${host}?`,
    { modal: true, detail: consentDetail(host, estimate) },
    send,
    other,
  );
  if (chosen === other) {
    const done = await vscode.commands.executeCommand("dlm.chooseTeacher");
    return done === true ? "other" : "no";
  }
  return chosen === send ? "yes" : "no";
}

async function refuse(host: string): Promise<void> {
  const manage = "Manage Workspace Trust";
  const chosen = await vscode.window.showWarningMessage(
    `Nothing was sent to ${host}: this workspace is not trusted. A teacher on this machine can be asked.`,
    manage,
  );
  if (chosen === manage) {
    await vscode.commands.executeCommand("workbench.trust.manage");
  }
}
