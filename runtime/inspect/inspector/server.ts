// Copyright 2026 the Tendril authors. MIT license.
/**
 * The server behind the page: who may come in, and what is to be had.
 *
 * It uses no greenlets and nothing of the hub: so it is in no tree, keeps no deadlock from being seen and no
 * program from ending.
 *
 * @module
 */
import { GreenletExit } from "../../errors.ts";
import { active } from "../../tree.ts";
import { makeToken, refusal } from "./gate.ts";
import {
  BadRequest,
  closeQuietly,
  head,
  type HttpRequest,
  readRequest,
  response,
  writeAll,
} from "./http.ts";
import { PAGE } from "./page/mod.ts";
import { mention } from "./rows.ts";
import { Sampler } from "./sampler.ts";
import { Viewer } from "./viewer.ts";

// Kept from the start: once it is patched, it gives listeners that belong to greenlets.
const hostListen = Deno.listen;

// Kept from the start: fake timers must not hold up a connection.
const { setTimeout } = globalThis;

/** How long after a connection that could not be accepted the next one is, in milliseconds. */
const PAUSE = 100;
/** Connections at a time; more are closed. */
const MOST_CONNECTIONS = 64;

const SAFE_HEADERS = {
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};
const TEXT = { ...SAFE_HEADERS, "content-type": "text/plain; charset=utf-8" };

/** The file the program was started with, "" where to ask for it might bother somebody. */
function programName(): string {
  const { state } = Deno.permissions.querySync({ name: "read" });
  return state === "granted" ? Deno.mainModule.split("/").at(-1)! : "";
}

/** Serves the page. */
export class Server {
  /** Where it listens. */
  readonly addr: Deno.NetAddr;
  /** The secret in its URL. */
  readonly token: string = makeToken();
  readonly #hostname: string;
  readonly #listener: Deno.TcpListener;
  readonly #sampler = new Sampler();
  readonly #connections = new Set<Deno.TcpConn>();
  readonly #serving: Set<Promise<void>> = new Set();
  readonly #accepting: Promise<void>;
  #lastViewer = 0;
  #stopped = false;
  readonly #atEnd = (): void => this.#sampler.stop({ type: "end", code: Deno.exitCode });

  /** Listens. */
  constructor(hostname: string, port: number) {
    this.#hostname = hostname;
    const listener = hostListen({ hostname, port, transport: "tcp" });
    this.#listener = listener;
    listener.unref();
    this.addr = listener.addr;
    this.#accepting = this.#accept();
    addEventListener("unload", this.#atEnd);
  }

  async #accept(): Promise<void> {
    for (;;) {
      let conn: Deno.TcpConn;
      try {
        conn = await this.#listener.accept();
      } catch (error) {
        if (this.#stopped || error instanceof Deno.errors.BadResource) return;
        // Without a file descriptor left, say, a later one may be accepted again.
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
        continue;
      }
      conn.unref();
      if (this.#connections.size >= MOST_CONNECTIONS) closeQuietly(conn);
      else this.#begin(conn);
    }
  }

  #begin(conn: Deno.TcpConn): void {
    this.#connections.add(conn);
    const serving = this.#serve(conn).finally(() => {
      this.#connections.delete(conn);
      this.#serving.delete(serving);
      closeQuietly(conn);
    });
    this.#serving.add(serving);
  }

  async #serve(conn: Deno.Conn): Promise<void> {
    try {
      const request = await readRequest(conn);
      if (request !== null) await this.#answer(conn, request);
    } catch (error) {
      if (!(error instanceof BadRequest)) return; // the client went away
      await writeAll(conn, response(error.status, TEXT, error.message)).catch(() => {});
    }
  }

  async #answer(conn: Deno.Conn, request: HttpRequest): Promise<void> {
    const refused = refusal(request, this.token, this.#hostname);
    if (refused !== null) {
      return await writeAll(conn, response(refused.status, TEXT, refused.message));
    }
    const name = request.path.split("?", 1)[0]!.slice(this.token.length + 2);
    const { method } = request;
    if (method === "GET" && name === "events") return await this.#stream(conn);
    if (method === "GET") await writeAll(conn, this.#file(name));
    else if (method === "POST") await writeAll(conn, this.#act(name, request));
    else await writeAll(conn, response(405, TEXT, "Only GET and POST are answered"));
  }

  #file(name: string): Uint8Array {
    const file = PAGE.get(name);
    if (file === undefined) return response(404, TEXT, "There is nothing of this name");
    return response(200, { ...SAFE_HEADERS, "content-type": file.type }, file.text);
  }

  /** A page looks on until it closes the connection. */
  async #stream(conn: Deno.Conn): Promise<void> {
    await writeAll(conn, head(200, { ...SAFE_HEADERS, "content-type": "text/event-stream" }));
    const viewer = new Viewer(++this.#lastViewer, conn);
    viewer.send({ type: "hello", viewer: viewer.id, pid: Deno.pid, program: programName() });
    this.#sampler.add(viewer);
    try {
      const rest = new Uint8Array(256);
      while (await conn.read(rest) !== null);
    } finally {
      this.#sampler.remove(viewer);
    }
  }

  #act(name: string, request: HttpRequest): Uint8Array {
    let asked: unknown;
    try {
      asked = JSON.parse(request.body);
    } catch {
      // Answered below.
    }
    if (typeof asked !== "object" || asked === null) {
      return response(400, TEXT, "The body must be an object in JSON");
    }
    if (name === "view") return this.#look(asked as Record<string, unknown>);
    if (name === "kill") return this.#kill((asked as Record<string, unknown>).id);
    return response(404, TEXT, "There is nothing of this name");
  }

  #look(asked: Record<string, unknown>): Uint8Array {
    const viewer = this.#sampler.find(asked.viewer);
    if (viewer === undefined) return response(404, TEXT, "There is no such viewer");
    viewer.look(asked);
    this.#sampler.show(viewer);
    return response(204, SAFE_HEADERS, "");
  }

  #kill(id: unknown): Uint8Array {
    const greenlet = active().find((each) => each.id === id);
    if (greenlet === undefined) return response(404, TEXT, "That greenlet has ended");
    greenlet.requestKill(new GreenletExit("Killed from the inspector"));
    const done = `${mention(greenlet).name} was killed from the inspector`;
    this.#sampler.notices.add("killed", done);
    this.#sampler.lookNow();
    return response(200, TEXT, done);
  }

  /** Closes everything; gives what ends when all is closed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    removeEventListener("unload", this.#atEnd);
    this.#sampler.stop({ type: "stop" });
    // Who waits for this waits for what is closed, so from here on it keeps the program alive.
    this.#listener.ref();
    closeQuietly(this.#listener);
    for (const conn of this.#connections) {
      conn.ref();
      closeQuietly(conn);
    }
    await Promise.all([this.#accepting, ...this.#serving]);
  }
}
