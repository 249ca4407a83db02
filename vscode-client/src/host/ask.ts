/** Having the server do something, whether it runs already or not. */

import * as vscode from "vscode";
import type { Server } from "./server";

/** Run one of the server's commands; undefined where there is no server, which was told. */
export async function ask(server: Server, command: string, argument: object): Promise<unknown> {
  if (!(await server.started())) {
    return undefined;
  }
  // By way of the editor, so that every road to a teacher leads past the same question.
  return vscode.commands.executeCommand(command, argument);
}
