// Copyright 2026 the Tendril authors. MIT license.
/**
 * The inspector: a page in the browser that shows a running program live.
 *
 * @module
 */
import { outsideGreenlets } from "../../async_frame.ts";
import { show } from "../../clock.ts";
import { Server } from "./server.ts";

/** Options of {@linkcode inspector}. */
export interface InspectorOptions {
  /** The port, 0 for one that is free; default: 0. */
  port?: number;
  /**
   * The address to listen on; default: "127.0.0.1", which no other machine reaches. Whoever reaches another one and
   * knows the URL can read the names and waits of all greenlets and kill them, and the connection is not
   * encrypted.
   */
  hostname?: string;
}

/**
 * An inspector that runs; {@linkcode inspector} makes it.
 *
 * @example Usage
 * ```ts
 * import { type Inspector, inspector } from "@tendril/tendril/inspect";
 * import { assertStringIncludes } from "@std/assert";
 *
 * await using page: Inspector = inspector();
 * assertStringIncludes(page.url, `http://127.0.0.1:${page.port}/`);
 * ```
 */
export class Inspector implements AsyncDisposable {
  readonly #server: Server;
  #stopped: Promise<void> | null = null;

  /** Listens; use {@linkcode inspector}. */
  constructor({ port = 0, hostname = "127.0.0.1" }: InspectorOptions) {
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new RangeError(
        `Cannot start the inspector: port must be a whole number from 0 to 65535, got ${
          show(port)
        }`,
      );
    }
    if (typeof hostname !== "string" || hostname === "") {
      throw new TypeError(
        `Cannot start the inspector: hostname must be the name of an address, got ${
          show(hostname)
        }`,
      );
    }
    this.#server = new Server(hostname, port);
  }

  /** Where the page is. The URL has a secret in it: who has it may look and kill. */
  get url(): string {
    const { hostname } = this.#server.addr;
    // What listens on all addresses is reached on this one.
    const host = hostname === "0.0.0.0" || hostname === "::" ? "127.0.0.1" : hostname;
    return `http://${host.includes(":") ? `[${host}]` : host}:${this.port}/${this.#server.token}/`;
  }

  /** The port it listens on. */
  get port(): number {
    return this.#server.addr.port;
  }

  /** Closes the page's connections and listens no more; the promise resolves when all is closed. */
  stop(): Promise<void> {
    return this.#stopped ??= this.#server.stop();
  }

  /** Stops it at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** What `Deno.inspect` and `console.log` show. The secret is in `url` only. */
  [Symbol.for("Deno.customInspect")](): string {
    const { hostname } = this.#server.addr;
    return `<Inspector ${hostname}:${this.port}${this.#stopped === null ? "" : " stopped"}>`;
  }
}

/**
 * Serves a page that shows this program live: the tree of greenlets with their states, what each waits for,
 * who holds that and for how long; the ready queue, switches per second, timers, workers; who ran and who
 * waited in the last half minute; deadlocks; and a button that kills a greenlet.
 *
 * It listens on this machine only, unless told otherwise, and asks for the secret in its URL. It neither keeps
 * the program alive nor counts as something that could wake a greenlet, and does next to nothing
 * while no page is open. Needs the permission to listen (`--allow-net`).
 *
 * @example Usage
 * ```ts
 * import { run, sleep } from "@tendril/tendril";
 * import { inspector } from "@tendril/tendril/inspect";
 *
 * await using page = inspector({ port: 0 });
 * console.error(`Inspector: ${page.url}`);
 * await run(function* () {
 *   yield* sleep(1);
 * });
 * ```
 *
 * @throws {RangeError} If `port` is no port.
 * @throws {TypeError} If `hostname` is no text.
 * @throws {Deno.errors.AddrInUse} If the port is taken.
 */
export function inspector(options: InspectorOptions = {}): Inspector {
  // What it serves belongs to nobody, whoever calls.
  return outsideGreenlets(() => new Inspector(options));
}
