/** Estimates: asking the server what a run would cost, for as long as somebody may wait for it. */

import type * as vscode from "vscode";
import { ExecuteCommandRequest } from "vscode-languageclient/node";
import { ESTIMATE, estimateArgument, estimateText } from "../logic/estimate";
import type { Server } from "./server";

/** Milliseconds. */
const PATIENCE = 4_000;

/** What the run by `command` would ask and cost, in one line; undefined where that is not told. */
export async function estimateOf(
  server: Server,
  log: vscode.LogOutputChannel,
  command: string,
  argument: unknown,
): Promise<string | undefined> {
  const client = await server.running();
  const commands = client?.initializeResult?.capabilities.executeCommandProvider?.commands;
  const about = estimateArgument(command, argument);
  if (!client || !about || !commands?.includes(ESTIMATE)) {
    return undefined;
  }
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, PATIENCE, undefined);
  });
  try {
    const params = { command: ESTIMATE, arguments: [about] };
    const answer = client.sendRequest(ExecuteCommandRequest.type, params);
    return estimateText(await Promise.race([answer, tooLate]));
  } catch (error) {
    log.debug(`no estimate: ${String(error)}`);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
