// Copyright 2026 the Tendril authors. MIT license.
// A page without a browser: requests over plain sockets, and the stream of events.

import { type Inspector, inspector } from "@tendril/tendril/inspect";

/** A greenlet as the page is told of it; only what tests look at. */
export interface RowLike {
  id: number;
  name: string;
  depth: number;
  children: number;
  state: string;
  wait: string;
  holder: { name: string } | null;
}

/** A message of the stream; only what tests look at. */
export interface Message {
  type: "hello" | "look" | "list" | "notices" | "end" | "stop";
  viewer?: number;
  code?: number;
  overview: {
    alive: number;
    ready: number;
    switches: number;
    external: number;
    ended: number;
    failed: number;
    states: Record<string, number>;
    kinds: [number, string, number][];
    workers: { name: string; running: number; done: number }[];
    ring: string;
    stuck: boolean;
  };
  list: {
    total: number;
    offset: number;
    rows: RowLike[];
    lanes: { id: number; lane: number[] }[];
    details: (RowLike & { spawner: { name: string } | null }) | null;
    revealed: number;
  };
  notices: { kind: string; text: string }[];
}

/** Sends bytes as they are and gives all that comes back. */
export async function rawRequest(port: number, request: string): Promise<string> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const writer = conn.writable.getWriter();
  // A server that refuses early may not read all of it.
  await writer.write(new TextEncoder().encode(request)).catch(() => {});
  writer.releaseLock();
  let text = "";
  const reader = conn.readable.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => ({ done: true, value: "" }));
    if (done) return text;
    text += value;
  }
}

/** Asks for a path of an inspector with headers of one's choice; gives the status. */
export async function statusOf(
  page: Inspector,
  path: string,
  headers: Record<string, string> = {},
): Promise<number> {
  const all = { host: `127.0.0.1:${page.port}`, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const answer = await rawRequest(page.port, `GET ${path} HTTP/1.1\r\n${lines}\r\n`);
  return Number(answer.split(" ")[1]);
}

/** The path under which an inspector is found. */
export function pathOf(page: Inspector): string {
  return new URL(page.url).pathname;
}

/** Looks on as the page does. */
export class Client implements AsyncDisposable {
  /** Its number. */
  viewer = 0;
  readonly #url: string;
  readonly #abort = new AbortController();
  #messages!: AsyncIterator<Message>;

  private constructor(url: string) {
    this.#url = url;
  }

  /** Connects, and has looked for the first time when it is there. */
  static async open(page: { url: string }): Promise<Client> {
    const client = new Client(page.url);
    const response = await fetch(`${page.url}events`, { signal: client.#abort.signal });
    client.#messages = messagesOf(response.body!);
    client.viewer = (await client.next((message) => message.type === "hello")).viewer!;
    return client;
  }

  /** The next message that `isWanted`. */
  async next(isWanted: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const { done, value } = await this.#messages.next();
      if (done) throw new Error("The stream has ended without the message");
      if (isWanted(value)) return value;
    }
  }

  /** The next look that `isWanted`. */
  look(isWanted: (look: Message) => boolean = () => true): Promise<Message> {
    return this.next((message) => message.type === "look" && isWanted(message));
  }

  /** Sends something; gives the status. */
  async post(name: string, body: unknown): Promise<number> {
    const response = await fetch(`${this.#url}${name}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    await response.body?.cancel();
    return response.status;
  }

  /** Asks for a part of the list. */
  view(view: Record<string, unknown>): Promise<number> {
    return this.post("view", { viewer: this.viewer, offset: 0, count: 50, ...view });
  }

  /** Goes away. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#messages.return?.();
  }
}

async function* messagesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Message, undefined> {
  let text = "";
  try {
    for await (const chunk of body.pipeThrough(new TextDecoderStream() as never)) {
      text += chunk;
      const parts = text.split("\n\n");
      text = parts.pop()!;
      for (const part of parts) yield JSON.parse(part.slice("data: ".length));
    }
  } catch {
    // The client or the program went away.
  }
}

/** An inspector and a client of it, until disposed of. */
export async function inspecting(): Promise<{ page: Inspector; client: Client } & AsyncDisposable> {
  const page = inspector();
  const client = await Client.open(page);
  await client.view({});
  return {
    page,
    client,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await page.stop();
    },
  };
}
