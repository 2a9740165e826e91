// Copyright 2026 the Tendril authors. MIT license.
/**
 * The writing side of a pipe for greenlets. It stays the platform's stream.
 *
 * @module
 */
import { failure } from "./errors.ts";
import { cooperative, type IoPromise } from "./promise.ts";

const ignore = () => {};
const encoder = new TextEncoder();

/**
 * A stream that greenlets write to: the standard input of a process. It is a WritableStream, and
 * everything that takes one takes it.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { Popen } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   const sort = new Popen(["sort"], { stdin: "piped", stdout: "piped" });
 *   yield* sort.stdin!.write("b\na\n");
 *   yield* sort.stdin!.close();
 *   assertEquals(yield* sort.stdout!.text(), "a\nb\n");
 *   yield* sort.wait();
 * });
 * ```
 */
export class ByteSink extends WritableStream<Uint8Array> {
  /**
   * What it is, as in "stdin of".
   *
   * @internal
   */
  declare what: string;
  /**
   * And of what.
   *
   * @internal
   */
  declare subject: string;
  /**
   * Writes all of `data`, text as UTF-8. When the wait is given up, what was written by then stays
   * written, and the rest may be.
   *
   * @throws {Deno.errors.BrokenPipe} If nobody reads at the other end any more.
   * @throws {TypeError} If it is closed, or somebody else holds its writer.
   */
  write(data: string | Uint8Array): IoPromise<void> {
    return this.cooperative(this.put(data));
  }

  /** Ends it: the other side comes to the end of its input. Again: no effect. */
  override close(): IoPromise<void> {
    return this.cooperative(this.finish());
  }

  /** @internal */
  private cooperative(promise: Promise<void>): IoPromise<void> {
    return cooperative(this.what, this.subject, promise, ignore);
  }

  /**
   * Writes, without a greenlet.
   *
   * @internal
   */
  async put(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    try {
      const writer = this.getWriter();
      const written = writer.write(bytes);
      writer.releaseLock();
      await written;
    } catch (error) {
      throw failure(`write to the ${this.what} ${this.subject}`, error);
    }
  }

  /**
   * Closes it, without a greenlet.
   *
   * @internal
   */
  async finish(): Promise<void> {
    await super.close().catch(ignore); // it is closed, or its other end is
  }

  /**
   * Drops what is not yet written and closes it.
   *
   * @internal
   */
  async drop(): Promise<void> {
    await super.abort().catch(ignore);
  }
}

/** Makes a stream of the host a {@linkcode ByteSink}. */
export function adoptSink(
  stream: WritableStream<Uint8Array>,
  what: string,
  subject: string,
): ByteSink {
  const adopted = Object.setPrototypeOf(stream, ByteSink.prototype);
  adopted.what = what;
  adopted.subject = subject;
  return adopted;
}
