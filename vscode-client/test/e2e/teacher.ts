/** A teacher behind HTTP: it writes two pairs about each invented town, as fast as it is asked. */

import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Prose about a town; the number makes it another one for each test. */
export function town(number: number): string {
  return `The town of Ville${number} has ${number + 10} mills and a bridge from ${number + 1500}.`;
}

export interface Pair {
  readonly question: string;
  readonly answer: string;
  readonly evidence: string;
}

export function pairsAbout(number: number): Pair[] {
  return [
    {
      question: `How many mills does Ville${number} have?`,
      answer: `Ville${number} has ${number + 10} mills.`,
      evidence: town(number),
    },
    {
      question: `When was the bridge of Ville${number} built?`,
      answer: `In ${number + 1500}.`,
      evidence: town(number),
    },
  ];
}

export function otherPairsAbout(number: number): Pair[] {
  return [
    {
      question: `Which town has a bridge from ${number + 1500}?`,
      answer: `Ville${number} has one.`,
      evidence: town(number),
    },
  ];
}

export class Teacher {
  asked = 0;
  hungUp = 0;
  /** The only key that is taken; without one, nobody has to have any. */
  key: string | undefined;
  /** What it writes about a town. */
  writes: (number: number) => Pair[] = pairsAbout;
  /** What it answers with instead of pairs. */
  complaint: string | undefined;
  /** What was asked for that no teacher has, such as pictures. */
  strange: string[] = [];
  private held: ServerResponse[] | undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Teacher> {
    const server = createServer();
    const teacher = new Teacher(server);
    server.on("request", (request, response) => {
      void teacher.serve(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return teacher;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get selector(): string {
    return `vllm-server:${this.address}#towns`;
  }

  /** Let what is asked from now on wait for `release`. */
  hold(): void {
    this.held = [];
  }

  release(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const response of held) {
      response.destroy();
    }
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) {
      parts.push(part as Buffer);
    }
    response.setHeader("content-type", "application/json");
    if (this.key !== undefined && request.headers.authorization !== `Bearer ${this.key}`) {
      response.statusCode = 401;
      response.end(JSON.stringify({ error: { message: "no such key" } }));
      return;
    }
    if (request.url === "/v1/models") {
      response.end(JSON.stringify({ object: "list", data: [{ id: "towns", object: "model" }] }));
      return;
    }
    if (request.method !== "POST") {
      this.strange.push(request.url ?? "");
      response.statusCode = 404;
      response.end("{}");
      return;
    }
    this.asked += 1;
    if (this.complaint !== undefined) {
      response.statusCode = 400;
      response.end(JSON.stringify({ error: { message: this.complaint } }));
      return;
    }
    if (this.held) {
      this.held.push(response);
      response.on("close", () => (this.hungUp += 1));
      return;
    }
    const { messages } = JSON.parse(Buffer.concat(parts).toString()) as {
      messages: { content: string }[];
    };
    const number = /Ville(\d+) has/.exec(messages.at(-1)?.content ?? "")?.[1];
    const pairs = number === undefined ? [] : this.writes(Number(number));
    response.end(JSON.stringify(completion(JSON.stringify({ pairs }))));
  }
}

function completion(content: string): object {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "towns",
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content } }],
    usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
  };
}
