/** The language client: how it is started, and what of its traffic is ours to handle. */

import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  State,
} from "vscode-languageclient/node";
import type {
  CloseHandlerResult,
  LanguageClientOptions,
  Middleware,
  ServerOptions,
  StaticFeature,
} from "vscode-languageclient/node";
import { Crashes } from "../logic/crashes";
import type { Launch } from "../logic/discovery";
import { levelOf } from "../logic/logLine";
import type { Level } from "../logic/logLine";
import { LANGUAGE } from "../logic/language";
import { SELECTOR } from "./documents";
import { showPlainMessages } from "./plainMessages";
import { folder } from "./serverLocations";

/**
 * Tells the server that it may say when what is synthesized has changed and how a run ended, that a
 * failure is shown here, with what helps, that there is a review to show pairs in first, and that
 * one of several actions can be picked.
 */
const NOTIFICATIONS: StaticFeature = {
  fillClientCapabilities(capabilities) {
    const ours = { overview: true, runEnded: true, failures: true, review: true, pickAction: true };
    capabilities.experimental = { dlm: ours };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};

/** A client for a server that is not yet started. `gaveUp` is called when it has died too often. */
export function createClient(
  launch: Launch,
  environment: Record<string, string>,
  log: vscode.LogOutputChannel,
  middleware: Middleware,
  gaveUp: () => void,
): Client {
  const crashes = new Crashes();
  const here = folder()?.fsPath;
  const words = new LastWords();
  const client = new Client(
    words,
    LANGUAGE,
    "dlm",
    {
      command: launch.command,
      args: [...launch.arguments, "--stdio"],
      options: { env: environment, ...(here === undefined ? {} : { cwd: here }) },
    },
    {
      documentSelector: SELECTOR,
      outputChannel: log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      middleware,
      stdioOptions: {
        stdout: () => undefined,
        stderr: (input, channel: vscode.LogOutputChannel) => {
          logLines(input, channel, words);
        },
      },
      initializationFailedHandler: () => false,
      errorHandler: {
        error: (_error, _message, count) => ({
          action: (count ?? 0) <= 3 ? ErrorAction.Continue : ErrorAction.Shutdown,
          handled: true,
        }),
        closed: (): CloseHandlerResult => {
          // Whoever waits for the start is told of its failure.
          if (client.state !== State.Running) {
            return { action: CloseAction.DoNotRestart, handled: true };
          }
          if (crashes.tooMany(Date.now())) {
            gaveUp();
            return { action: CloseAction.DoNotRestart, handled: true };
          }
          return { action: CloseAction.Restart, handled: true };
        },
      },
    },
  );
  client.registerFeature(NOTIFICATIONS);
  showPlainMessages(client);
  return client;
}

/** Leaves it to us what the user is told: each failure once, with what can be done about it. */
export class Client extends LanguageClient {
  constructor(
    private readonly words: LastWords,
    ...rest: [id: string, name: string, server: ServerOptions, client: LanguageClientOptions]
  ) {
    super(...rest);
  }

  /** The last line that the server has written beside its answers; empty where there is none. */
  get lastWords(): string {
    return this.words.line;
  }

  /** Kill the server's process, whatever it does. */
  kill(): void {
    // The client's own way to stop waits for an answer.
    (this as unknown as { _serverProcess?: ChildProcess })._serverProcess?.kill("SIGKILL");
  }

  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

class LastWords {
  line = "";
}

function logLines(input: Readable, log: vscode.LogOutputChannel, words: LastWords): void {
  let level: Level = "info";
  createInterface({ input }).on("line", (line) => {
    level = levelOf(line, level);
    log[level](line);
    words.line = line.trim() || words.line;
  });
}
