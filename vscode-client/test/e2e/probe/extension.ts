/** Runs in the extension host, beside the extension, what the tests want done there. */

import { connect } from "node:net";
import { createInterface } from "node:readline";
import { runInThisContext } from "node:vm";
import * as vscode from "vscode";
import type { Answer, Question, Tools } from "../host";

export function activate(): void {
  const socket = connect(Number(process.env["DLM_E2E_PORT"]), "127.0.0.1");
  createInterface({ input: socket }).on("line", (line) => {
    void answer(JSON.parse(line) as Question).then((reply) => {
      socket.write(`${JSON.stringify(reply)}\n`);
    });
  });
}

async function answer({ id, source, argument }: Question): Promise<Answer> {
  try {
    // What compiles the tests gives functions their names by this helper.
    const run = runInThisContext(`(__name) => (${source})`) as Wrapped;
    return { id, value: await run((named) => named)(tools, argument) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

type Wrapped = (
  name: (named: unknown) => unknown,
) => (given: Tools, argument: unknown) => Promise<unknown>;

const tools: Tools = { vscode, until };

const PATIENCE = 20;
const BETWEEN = 40;

/** Wait until `check` gives something. */
async function until<T>(check: () => T | Promise<T>, seconds = PATIENCE): Promise<NonNullable<T>> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await check();
    if (found !== undefined && found !== null && found !== false) {
      return found;
    }
    if (Date.now() > end) {
      throw new Error(`in vain: ${String(check)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN));
  }
}
