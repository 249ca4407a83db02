/** The server's life: found, started, started anew, stopped; one step after the other. */

import * as vscode from "vscode";
import { DidChangeConfigurationNotification, State } from "vscode-languageclient/node";
import type { LanguageClient, Middleware } from "vscode-languageclient/node";
import { discover, isSameLaunch, mayBeThere, triedInWords } from "../logic/discovery";
import type { Attempt, Launch } from "../logic/discovery";
import { serverEnvironment } from "../logic/environment";
import type { RunEnd } from "../logic/outcome";
import { inOneLine } from "../logic/plainText";
import { probe } from "../logic/probe";
import { CHOOSE_INTERPRETER, INSTALL, SHOW_LOG } from "../logic/remedies";
import { createClient } from "./client";
import type { Client } from "./client";
import type { Interpreters } from "./interpreters";
import { offer } from "./offer";
import type { OwnServer } from "./ownServer";
import type { Secrets } from "./secrets";
import { serverLocations } from "./serverLocations";

const START_PATIENCE = 30_000;

export type ServerState = "not started" | "starting" | "running" | "stopped" | "not found";

export class Server implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly overviewChanged = new vscode.EventEmitter<string>();
  private readonly runEnded = new vscode.EventEmitter<RunEnd>();
  private current: Started | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private wanted = false;
  private readonly over = new AbortController();
  private lastMessage = "";
  private _state: ServerState = "not started";
  private _tried: readonly Attempt[] = [];
  private _middleware: Middleware = {};

  /** Fires where `state` has changed. */
  readonly onDidChange = this.changed.event;
  /** Fires with the address of a document whose overview has changed. */
  readonly onDidChangeOverview = this.overviewChanged.event;
  /** Fires where a run has ended by itself, with what came of it. */
  readonly onDidEndRun = this.runEnded.event;

  constructor(
    private readonly own: OwnServer,
    private readonly log: vscode.LogOutputChannel,
    private readonly secrets: Secrets,
    private readonly interpreters: Interpreters,
  ) {}

  /** To be set before the first start. */
  set middleware(middleware: Middleware) {
    this._middleware = middleware;
  }

  /** Aborted where the extension ends. */
  get ended(): AbortSignal {
    return this.over.signal;
  }

  /** Whether it runs from the environment that the extension has made. */
  get isOwn(): boolean {
    return this.current?.launch.command === this.own.interpreter;
  }

  get state(): ServerState {
    return this._state;
  }

  get launch(): Launch | undefined {
    return this.current?.launch;
  }

  /** What was looked at in vain. */
  get tried(): readonly Attempt[] {
    return this._tried;
  }

  /** The client, if it runs or will in a moment. */
  async running(): Promise<LanguageClient | undefined> {
    await this.turn;
    return this.current?.client.isRunning() ? this.current.client : undefined;
  }

  /** The client of a server that runs; where it does not, it is started, and a failure told. */
  async started(): Promise<LanguageClient | undefined> {
    const client = await this.running();
    if (client) {
      return client;
    }
    await this.restart();
    return this.running();
  }

  /** Have the server run from now on. */
  start(): Promise<void> {
    this.wanted = true;
    return this.reconsider();
  }

  /** Look again how to start the server, and start it anew where that is another way. */
  reconsider(): Promise<void> {
    return this.inTurn(() => this.startOrStop(false));
  }

  /** Start the server anew, whatever it does. */
  restart(): Promise<void> {
    this.wanted = true;
    this.lastMessage = "";
    this.abandonStart();
    return this.inTurn(() => this.startOrStop(true));
  }

  /** Have the server ask for the settings again. */
  async tellSettings(): Promise<void> {
    const client = await this.running();
    await client?.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
  }

  /** End the server for good. */
  stop(): Promise<void> {
    this.over.abort();
    this.abandonStart();
    return this.inTurn(() => this.halt("stopped"));
  }

  dispose(): void {
    this.changed.dispose();
    this.overviewChanged.dispose();
    this.runEnded.dispose();
  }

  private isOver(): boolean {
    return this.over.signal.aborted;
  }

  /** Let nothing wait for a server that starts, and may never come to an end with that. */
  private abandonStart(): void {
    if (this._state === "starting") {
      this.current?.client.kill();
    }
  }

  private inTurn(step: () => Promise<void>): Promise<void> {
    const next = this.turn.then(step).catch((error: unknown) => {
      this.log.error(String(error));
      void this.tellDead(`The dlm language server does not start: ${messageOf(error)}`);
    });
    this.turn = next;
    return next;
  }

  private async startOrStop(anew: boolean): Promise<void> {
    if (!this.wanted || this.isOver()) {
      return;
    }
    const environment = serverEnvironment(process.env, await this.secrets.all());
    const { launch, tried } = await discover(
      serverLocations(this.interpreters, () => this.own.offer(this.over.signal)),
      (command, args) => probe(command, args, environment, this.over.signal),
    );
    if (this.isOver()) {
      return;
    }
    this._tried = tried;
    if (!launch && !anew && mayBeThere(tried) && this.current?.client.isRunning()) {
      this.log.warn(`the server runs on: ${triedInWords(tried)}`);
      return;
    }
    if (!launch) {
      await this.halt("not found");
      this.log.error(`no server found: ${triedInWords(tried)}`);
      this.tellNotFound(tried);
      return;
    }
    const same =
      this.current !== undefined &&
      isSameLaunch(this.current.launch, launch) &&
      JSON.stringify(this.current.environment) === JSON.stringify(environment);
    if (same && !anew && this.current?.client.isRunning()) {
      return;
    }
    await this.halt("stopped");
    await this.begin(launch, environment);
  }

  private async begin(launch: Launch, environment: Record<string, string>): Promise<void> {
    this.log.info(`starting dlm-lsp ${launch.version} by ${launch.place}: ${launch.command}`);
    const client = createClient(launch, environment, this.log, this._middleware, () => {
      void this.tellDead(
        "The dlm language server has died several times and is not started again.",
      );
    });
    this.current = { client, launch, environment };
    let firstStart = true;
    client.onNotification("$/dlm/overviewChanged", (changed: { uri: string }) => {
      this.overviewChanged.fire(changed.uri);
    });
    client.onNotification("$/dlm/runEnded", (end: RunEnd) => {
      this.runEnded.fire(end);
    });
    client.onDidChangeState(({ newState }) => {
      if (this.current?.client === client) {
        this.enter(STATES[newState]);
        if (newState === State.StartFailed && !firstStart) {
          void this.tellDead("The dlm language server has died and does not start again.");
        }
      }
    });
    try {
      await started(client);
      this.lastMessage = "";
    } catch (error) {
      // What it said before it ended tells more than that the line to it is gone.
      const why = inOneLine(client.lastWords) || messageOf(error);
      void this.tellDead(`The dlm language server does not start: ${why}`);
    } finally {
      firstStart = false;
    }
  }

  private async halt(state: ServerState): Promise<void> {
    const client = this.current?.client;
    this.current = undefined;
    if (client?.needsStop()) {
      try {
        // It may be starting again after a crash, and only what has started can be stopped.
        await started(client);
        await client.dispose();
      } catch (error) {
        this.log.warn(`the server did not stop by itself: ${messageOf(error)}`);
      }
    }
    this.enter(state);
  }

  private enter(state: ServerState): void {
    if (state !== this._state) {
      this._state = state;
      this.changed.fire();
    }
  }

  /** One message for one reason, not one for each document that is opened. */
  private tellNotFound(tried: readonly Attempt[]): void {
    const words = triedInWords(tried);
    if (words === this.lastMessage) {
      return;
    }
    this.lastMessage = words;
    void offer("error", `The dlm language server was not found. Tried: ${words}.`, [
      INSTALL,
      CHOOSE_INTERPRETER,
      SHOW_LOG,
    ]);
  }

  private tellDead(message: string): Promise<void> {
    const restart = { label: "Restart Server", command: "dlm.restartServer" };
    return offer("error", message, [restart, CHOOSE_INTERPRETER, SHOW_LOG]);
  }
}

/** Start a client, or wait until it has started; one that takes too long is killed, and fails. */
async function started(client: Client): Promise<void> {
  const timer = setTimeout(() => {
    client.kill();
  }, START_PATIENCE);
  try {
    await client.start();
  } finally {
    clearTimeout(timer);
  }
}

interface Started {
  readonly client: Client;
  readonly launch: Launch;
  readonly environment: Record<string, string>;
}

const STATES: Readonly<Record<State, ServerState>> = {
  [State.Stopped]: "stopped",
  [State.Starting]: "starting",
  [State.StartFailed]: "stopped",
  [State.Running]: "running",
};

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
