// Copyright 2026 the Tendril authors. MIT license.
/**
 * Sockets of `node:net` and requests of `node:http`. They are driven by events, so they belong to the
 * greenlet that made them, see `hold`: a kill destroys them. A socket that an `http.Agent` makes belongs to
 * the Agent, which lends it to one request after another.
 *
 * @module
 */
import { outsideGreenlets } from "../async_frame.ts";
import { insideGreenlet } from "./call.ts";
import { hold } from "./hold.ts";
import { builtin, define, type Wrap } from "./registry.ts";

/** What is driven by events and can be destroyed. */
interface Destroyable {
  once(event: "close", listener: () => void): unknown;
  listenerCount(event: "error"): number;
  destroy(error?: unknown): unknown;
}

const owned = new WeakSet<Destroyable>();

/** Gives something to the greenlet that made it, until it is closed. */
function own(made: Destroyable, text: () => string): void {
  if (!insideGreenlet() || owned.has(made)) return;
  owned.add(made);
  const held = hold(text, (error) => {
    // What is set off by that, such as a pool that connects again, is not the greenlet's.
    outsideGreenlets(() => made.destroy(made.listenerCount("error") > 0 ? error : undefined));
  });
  made.once("close", () => {
    owned.delete(made);
    held.over();
  });
}

interface Endpoint {
  path?: string;
  host?: string;
  port?: number;
  /** Set by an `http.Agent`. */
  _agentKey?: string;
}

/** What `connect` of a socket is told, in any of its forms. */
function endpoint([first, second]: unknown[]): Endpoint {
  if (Array.isArray(first)) return endpoint(first);
  if (typeof first === "object" && first !== null) return first;
  if (typeof first === "string" && Number.isNaN(Number(first))) return { path: first };
  return { port: Number(first), ...(typeof second === "string" ? { host: second } : {}) };
}

const connect: Wrap = (original) =>
  function (this: Destroyable, ...args: unknown[]): unknown {
    const result = Reflect.apply(original, this, args);
    const { path, host = "localhost", port, _agentKey } = endpoint(args);
    if (_agentKey === undefined) own(this, () => `socket ${path ?? `${host}:${port}`}`);
    return result;
  };

interface ClientRequest extends Destroyable {
  readonly method: string;
  readonly protocol: string;
  readonly host: string;
  readonly path: string;
  getHeader(name: string): unknown;
}

const addRequest: Wrap = (original) =>
  function (this: unknown, ...args: unknown[]): unknown {
    const request = args[0] as ClientRequest;
    const { method, protocol, host, path } = request;
    own(request, () => `${method} ${protocol}//${request.getHeader("host") ?? host}${path}`);
    return Reflect.apply(original, this, args);
  };

type Classes = Record<string, { prototype: object }>;
const prototype = (module: string, name: string) => () =>
  (builtin(module)() as unknown as Classes)[name]!.prototype;

define(
  "net",
  "node:net.Socket.prototype.connect",
  prototype("node:net", "Socket"),
  "connect",
  connect,
);
define(
  "net",
  "node:http.Agent.prototype.addRequest",
  prototype("node:http", "Agent"),
  "addRequest",
  addRequest,
);
