// Copyright 2026 the Tendril authors. MIT license.
import { type Coroutine, run, until } from "@tendril/tendril";
import { type Connection, StreamServer } from "@tendril/tendril/io";
import {
  inDeno,
  inGo,
  inPython,
  type Round,
  type Scenario,
  type Shared,
} from "./harness/scenario.ts";
import { runSubject } from "./harness/subject.ts";
import { ratioAtMost } from "./harness/targets.ts";
import type { Toolchains } from "./harness/toolchains.ts";

const REQUEST = "one request";
const IDLE = "one idle connection";
const CONNECTIONS = 400;
const REQUESTS = 200_000;
const IDLE_CONNECTIONS = 8_000;
const BUFFER = 1024;

/** A server that sends back what it gets, under the load of a client that is written in Go. */
export const scenario: Scenario = {
  name: "echo",
  operation:
    "one of 200,000 messages of 64 bytes that 400 connections send and get back, in turn; or the " +
    "resident memory for each of 8,000 connections that send nothing",
  rounds: 9,
  subjects: [
    inDeno("tendril", (load) => () => tendril(load)),
    inDeno("bare loop", (load) => () => bare(load), { note: "Deno.listen, async functions" }),
    inGo("go"),
    inPython("gevent", { note: "gevent.server.StreamServer", rounds: 3 }),
  ],
  targets: [
    ratioAtMost(REQUEST, "bare loop", 1.1, "within 10 % of a bare loop"),
    ratioAtMost(REQUEST, "gevent", 0.5, "at least 2 times faster than gevent"),
  ],
  setUp: findLoad,
};

type Samples = Awaited<ReturnType<Round>>;

function tendril(load: string): Promise<Samples> {
  return run(function* () {
    const server = new StreamServer({ hostname: "127.0.0.1", port: 0 }, echo);
    server.start();
    const samples = yield* until(measure(load, server.port));
    yield* server.stop({ timeout: 0 });
    return samples;
  });
}

function* echo(connection: Connection): Coroutine<void> {
  const buffer = new Uint8Array(BUFFER);
  for (;;) {
    const length = yield* connection.read(buffer);
    if (length === null) return;
    yield* connection.write(buffer.subarray(0, length));
  }
}

async function bare(load: string): Promise<Samples> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = acceptAll(listener);
  const samples = await measure(load, listener.addr.port);
  listener.close();
  await serving;
  return samples;
}

async function acceptAll(listener: Deno.TcpListener): Promise<void> {
  const clients: Promise<void>[] = [];
  for await (const connection of listener) clients.push(echoBare(connection));
  await Promise.all(clients);
}

async function echoBare(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(BUFFER);
  for (;;) {
    const length = await connection.read(buffer);
    if (length === null) break;
    const bytes = buffer.subarray(0, length);
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  }
  connection.close();
}

/** Has a client put load on the server at `port`. */
async function measure(load: string, port: number): Promise<Samples> {
  const before = Deno.memoryUsage().rss;
  await using idle = await holdIdle(load, port);
  const bytes = (Deno.memoryUsage().rss - before) / IDLE_CONNECTIONS;
  await idle[Symbol.asyncDispose]();
  const client = new Deno.Command(load, {
    args: ["echo_load", `${port} ${CONNECTIONS} ${REQUESTS}`],
  });
  const { success, stdout } = await client.output();
  if (!success) throw new Error("The load of the echo server failed");
  const elapsed = Number(new TextDecoder().decode(stdout));
  return [{ name: REQUEST, ns: elapsed / REQUESTS }, { name: IDLE, bytes }];
}

/** Opens connections that send one message and then nothing, until they are disposed of. */
async function holdIdle(load: string, port: number): Promise<AsyncDisposable> {
  const command = new Deno.Command(load, {
    args: ["echo_idle", `${port} ${IDLE_CONNECTIONS}`],
    stdin: "piped",
    stdout: "piped",
  });
  const client = command.spawn();
  const reader = client.stdout.getReader();
  await reader.read(); // all have been answered
  let closed = false;
  return {
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      await client.stdin.close();
      await reader.cancel();
      await client.status;
    },
  };
}

function findLoad(toolchains: Toolchains): Promise<Shared> {
  return Promise.resolve({
    argument: toolchains.goProgram,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

if (import.meta.main) await runSubject(scenario);
