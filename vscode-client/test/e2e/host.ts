/** The tests' end of the line into the extension host, where they use the editor's own API. */

import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { createInterface } from "node:readline";
import type * as vscode from "vscode";

export interface Question {
  readonly id: number;
  /** The text of a function: it can use nothing but what it is given. */
  readonly source: string;
  readonly argument: unknown;
}

export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** What a function is given in the host. */
export interface Tools {
  readonly vscode: typeof vscode;
  readonly until: <T>(check: () => T | Promise<T>, seconds?: number) => Promise<NonNullable<T>>;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Longer than anything waits in the host unless told. */
const PATIENCE = 40;

export class Host {
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;
  private connected: Promise<Socket>;
  private socket: Socket | undefined;

  private constructor(private readonly server: Server) {
    this.connected = new Promise((resolve) => {
      server.on("connection", (socket) => {
        // A window that was loaded anew has a new host, and the one before is gone.
        this.socket = socket;
        this.connected = Promise.resolve(socket);
        resolve(socket);
        createInterface({ input: socket }).on("line", (line) => {
          this.resolveAnswer(JSON.parse(line) as Answer);
        });
        socket.on("error", () => undefined);
      });
    });
  }

  static async listen(): Promise<Host> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new Host(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Run a function in the host; argument and result go as JSON. */
  async run<T, A = undefined>(
    todo: (tools: Tools, argument: A) => T | Promise<T>,
    argument?: A,
    seconds = PATIENCE,
  ): Promise<T> {
    const socket = await this.connected;
    const question: Question = { id: (this.asked += 1), source: String(todo), argument };
    return new Promise<T>((resolve, reject) => {
      setTimeout(() => {
        this.resolveAnswer({ id: question.id, error: `no answer to ${question.source}` });
      }, seconds * 1000).unref();
      this.waiting.set(question.id, { resolve: resolve as (value: unknown) => void, reject });
      socket.write(`${JSON.stringify(question)}\n`);
    });
  }

  /** Wait for the host of a window that is about to be loaded anew. */
  renewed(): Promise<void> {
    return new Promise((resolve) => {
      this.server.once("connection", () => {
        resolve();
      });
    });
  }

  close(): void {
    this.socket?.destroy();
    this.server.close();
  }

  private resolveAnswer({ id, value, error }: Answer): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (error === undefined) {
      waiting?.resolve(value);
    } else {
      waiting?.reject(new Error(error));
    }
  }
}
