// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { type Coroutine, dump, run } from "@tendril/tendril";
import { connect, type Connection } from "@tendril/tendril/io";
import { settle } from "../../manual_clock.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A text as bytes. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Bytes as a text. */
export function text(content: Uint8Array): string {
  return decoder.decode(content);
}

/** A certificate for localhost and its key, valid until 2076; it is its own authority. */
export const cert: string = await Deno.readTextFile(new URL("tls/localhost.crt", import.meta.url));
/** The key of {@linkcode cert}. */
export const key: string = await Deno.readTextFile(new URL("tls/localhost.key", import.meta.url));

/** The two ends of a connection over TCP; the far one is the host's. */
export interface Ends {
  readonly near: Connection;
  readonly far: Deno.TcpConn;
}

/** Runs `body` with two ends, which are closed afterwards. */
export async function between<T>(body: (ends: Ends) => Coroutine<T>): Promise<T> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = listener.accept();
  using near = await connect({ port: listener.addr.port });
  using far = await accepting;
  return await run(body, { near, far });
}

/** Reads once, and gives what came as text; null at the end. */
export function* readText(connection: Connection, most = 100): Coroutine<string | null> {
  const buffer = new Uint8Array(most);
  const count = yield* connection.read(buffer);
  return count === null ? null : text(buffer.subarray(0, count));
}

/** Reads to the end on a connection of the host. */
export async function readAll(conn: Deno.Conn): Promise<Uint8Array> {
  return new Uint8Array(await new Response(conn.readable).arrayBuffer());
}

/** Waits until `happened`. */
export async function eventually(happened: () => boolean): Promise<void> {
  while (!happened()) await settle();
}

/** Waits until some greenlet waits for `reason`. */
export async function waitsFor(reason: string): Promise<void> {
  await eventually(() => dump().includes(`waits for ${reason}`));
}

/** What `body` throws. */
export function* thrown(body: () => Coroutine<unknown>): Coroutine<Error> {
  try {
    yield* body();
  } catch (error) {
    assertInstanceOf(error, Error);
    return error;
  }
  throw new Error("it did not throw");
}

/** Checks class, message and that the error of the host is its cause. */
export function assertFailure(
  error: Error,
  // deno-lint-ignore no-explicit-any -- any class
  Class: abstract new (...args: any[]) => Error,
  message: string,
): void {
  assertInstanceOf(error, Class);
  assertStringIncludes(error.message, message);
  assertInstanceOf(error.cause, Error);
  assertEquals(error.message.startsWith("Cannot "), true);
}
