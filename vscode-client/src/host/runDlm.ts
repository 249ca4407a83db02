/** Run `dlm` to its end: the command of the server that is at work. */

import { execFile } from "node:child_process";
import { dlmCommand } from "../logic/commandLine";
import { serverEnvironment } from "../logic/environment";
import type { Server } from "./server";

export interface Ended {
  readonly output: string;
  /** What it wrote beside its output. */
  readonly notes: string;
  readonly failed: boolean;
}

/** Nothing where there is no server. */
export function runDlm(server: Server, args: readonly string[]): Promise<Ended | undefined> {
  const { launch } = server;
  if (!launch) {
    return Promise.resolve(undefined);
  }
  const { command, arguments: given } = dlmCommand(launch, args);
  const options = { env: serverEnvironment(process.env, {}), signal: server.ended };
  return new Promise((resolve) => {
    execFile(command, given, options, (error, output, notes) => {
      resolve({ output, notes: notes.trim() || (error?.message ?? ""), failed: error !== null });
    });
  });
}
