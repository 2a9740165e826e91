// Copyright 2026 the Tendril authors. MIT license.
// An HTTP server over bare sockets that does what it is told, wrong or right.

import { once as happened } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { type Coroutine, type Greenlet, spawn } from "@tendril/tendril";
import { cert, key } from "../../runtime/io/sockets.ts";
import { type Answer, answerTo } from "./answer.ts";
import { Client } from "./client.ts";
import type { Served } from "./content.ts";
import { type Entry, Exchange } from "./exchange.ts";
import { parseRequest, type Request } from "./request.ts";

/** Answers a request in its own way; `answer` is what would be right. */
export type Fault = (exchange: Exchange, answer: Answer) => Coroutine<void>;

/** Which fault a GET meets; none: it is answered well. */
export type Plan = (exchange: Exchange) => Fault | undefined;

/** The file behind a path, which may change from one request to the next. */
export type Source = Served | ((exchange: Exchange) => Served);

/** A server on a port of this machine. */
export class FaultServer implements AsyncDisposable {
  /** Where it listens. */
  readonly port: number;
  /** All requests, in the order they came. */
  readonly log: Entry[] = [];
  /** How many requests it had at a time, at most. */
  busiest = 0;
  #busy = 0;
  readonly #server: Server;
  readonly #scheme: string;
  readonly #routes = new Map<string, { source: Source; plan: Plan }>();
  readonly #clients = new Map<Client, Greenlet<void>>();

  private constructor(server: Server, scheme: string) {
    this.#server = server;
    this.#scheme = scheme;
    this.port = (server.address() as AddressInfo).port;
    server.on(scheme === "https" ? "secureConnection" : "connection", (socket: Socket) => {
      const client = new Client(socket);
      this.#clients.set(client, spawn(serve, this, client));
    });
  }

  /** Starts one, on a free port unless one is given. */
  static async start({ tls = false, port = 0 } = {}): Promise<FaultServer> {
    const server = tls ? createTlsServer({ cert, key }) : createServer();
    server.listen(port, "127.0.0.1");
    await happened(server, "listening");
    return new FaultServer(server, tls ? "https" : "http");
  }

  /** The URL of a path; from TLS the name has to be that of the certificate. */
  url(path: string, host = this.#scheme === "https" ? "localhost" : "127.0.0.1"): string {
    return `${this.#scheme}://${host}:${this.port}${path}`;
  }

  /** Puts a file behind a path, with whatever query. */
  serve(path: string, source: Source, plan: Plan = () => undefined): void {
    this.#routes.set(path, { source, plan });
  }

  /** The requests for a path. */
  requests(path: string): Request[] {
    return this.log.filter(({ request }) => request.path === path).map(({ request }) => request);
  }

  /** Ends it; what clients wait for is broken off. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = happened(this.#server, "close");
    this.#server.close();
    for (const [client, greenlet] of this.#clients) {
      await greenlet.kill();
      await client[Symbol.asyncDispose]();
    }
    await closed;
  }

  /** @internal */
  *serveClient(client: Client): Coroutine<void> {
    for (;;) {
      const head = yield* client.readHead();
      if (head === null) return client.close();
      const request = parseRequest(head);
      const before = this.requests(request.path).filter(({ method }) => method === "GET");
      const entry: Entry = { request, at: performance.now(), status: 0, written: 0 };
      this.log.push(entry);
      const ranges = before.filter(({ range }) => range !== null).length;
      const exchange = new Exchange(client, entry, { all: before.length, ranges });
      this.busiest = Math.max(this.busiest, ++this.#busy);
      try {
        yield* this.#answer(exchange);
      } finally {
        this.#busy--;
      }
      if (exchange.ended) return;
    }
  }

  *#answer(exchange: Exchange): Coroutine<void> {
    const { request } = exchange;
    const { path } = request;
    const route = this.#routes.get(path) ?? this.#routes.get(path.replace(/\?.*/, ""));
    if (route === undefined) return yield* exchange.answer(NOT_FOUND);
    const { source, plan } = route;
    const served = typeof source === "function" ? source(exchange) : source;
    const answer = answerTo(request, served);
    const fault = request.method === "HEAD" ? undefined : plan(exchange);
    if (fault === undefined) yield* exchange.answer(answer);
    else yield* fault(exchange, answer);
  }
}

function* serve(server: FaultServer, client: Client): Coroutine<void> {
  yield* server.serveClient(client);
}

const body = new TextEncoder().encode("There is no such file\n");
const NOT_FOUND: Answer = {
  status: 404,
  headers: {},
  body,
  length: body.length,
  framing: "length",
};

/** The first `times` requests meet it. */
export function first(times: number, fault: Fault): Plan {
  return ({ before }) => before.all < times ? fault : undefined;
}

/** The first request meets it. */
export function once(fault: Fault): Plan {
  return first(1, fault);
}

/** Every request meets it. */
export function always(fault: Fault): Plan {
  return () => fault;
}

/** The first requests meet one each, the others none. */
export function inTurn(...faults: (Fault | undefined)[]): Plan {
  return ({ before }) => faults[before.all];
}

/** The n-th request for a range meets it, from 0 on; without n, each of them. */
export function onRange(fault: Fault, n?: number): Plan {
  return ({ request, before }) =>
    request.range !== null && (n === undefined || before.ranges === n) ? fault : undefined;
}

/** What the first of some plans that wants something wants. */
export function firstOf(...plans: Plan[]): Plan {
  return (exchange) => {
    for (const plan of plans) {
      const fault = plan(exchange);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
}
