// Copyright 2026 the Tendril authors. MIT license.
/**
 * Web streams: the bodies of Responses, the streams of connections, files and processes, and any other.
 * Who is killed while he reads cancels the stream.
 *
 * @module
 */
import { hostCall, insideGreenlet } from "./call.ts";
import { intake } from "./leftover.ts";
import { define, type HostFunction, ignore, type Wrap } from "./registry.ts";

type Reader = ReadableStreamDefaultReader<unknown> | ReadableStreamBYOBReader;

/** What a stream, and a reader of it, is called in dumps. */
const labels = new WeakMap<object, string>();

/** Names a stream for dumps. */
export function labelStream(stream: ReadableStream, label: string): void {
  labels.set(stream, label);
}

function labelOf(stream: object): string {
  return labels.get(stream) ?? "a stream";
}

const wrapGetReader: Wrap = (original) =>
  function (this: ReadableStream, ...args: unknown[]): unknown {
    const reader = Reflect.apply(original, this, args);
    const label = labels.get(this);
    if (label !== undefined) labels.set(reader, label);
    return reader;
  };

const wrapRead = intake<Reader>({
  verb: "read",
  name: labelOf,
  close: (reader) => void reader.cancel().catch(ignore),
});

const wrapPipeTo: Wrap = (original) =>
  function (this: ReadableStream, ...args: unknown[]): unknown {
    if (!insideGreenlet(this)) return Reflect.apply(original, this, args);
    const controller = new AbortController();
    const options = args[1] as StreamPipeOptions | undefined;
    const signal = options?.signal
      ? AbortSignal.any([options.signal, controller.signal])
      : controller.signal;
    const piping = [args[0], { ...options, signal }];
    return hostCall("pipe", labelOf(this), () => Reflect.apply(original, this, piping), controller);
  };

/** Reads a stream as its own iterator does, but by calls that are cooperative. */
class Chunks implements AsyncIterableIterator<unknown> {
  readonly #reader: ReadableStreamDefaultReader<unknown>;
  readonly #preventCancel: boolean;
  #isOver = false;

  constructor(stream: ReadableStream, preventCancel: boolean) {
    this.#reader = stream.getReader();
    this.#preventCancel = preventCancel;
  }

  #end(): void {
    this.#isOver = true;
    this.#reader.releaseLock();
  }

  async next(): Promise<IteratorResult<unknown>> {
    if (this.#isOver) return { done: true, value: undefined };
    try {
      const step = await this.#reader.read();
      if (step.done) this.#end();
      return step as IteratorResult<unknown>;
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  async return(value?: unknown): Promise<IteratorResult<unknown>> {
    if (!this.#isOver) {
      const cancelled = this.#preventCancel ? undefined : this.#reader.cancel(value);
      this.#end();
      await cancelled;
    }
    return { done: true, value };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

const wrapValues: Wrap = (original: HostFunction) =>
  function (this: ReadableStream, ...args: [{ preventCancel?: boolean }?]): unknown {
    return insideGreenlet(this) && this instanceof ReadableStream
      ? new Chunks(this, args[0]?.preventCancel ?? false)
      : Reflect.apply(original, this, args);
  };

const wrapWrite: Wrap = (original) =>
  function (this: WritableStreamDefaultWriter, ...args: unknown[]): unknown {
    if (!insideGreenlet(this)) return Reflect.apply(original, this, args);
    const abort = () => void this.abort().catch(ignore);
    return hostCall("write", "a stream", () => Reflect.apply(original, this, args), abort);
  };

const stream = () => ReadableStream.prototype;
const path = "ReadableStream.prototype";
define("streams", `${path}.getReader`, stream, "getReader", wrapGetReader);
define("streams", `${path}.pipeTo`, stream, "pipeTo", wrapPipeTo);
define("streams", `${path}.values`, stream, "values", wrapValues);
define("streams", `${path}[Symbol.asyncIterator]`, stream, Symbol.asyncIterator, wrapValues);
for (
  const [name, reader] of Object.entries({ ReadableStreamDefaultReader, ReadableStreamBYOBReader })
) {
  define("streams", `${name}.prototype.read`, () => reader.prototype, "read", wrapRead);
}
const writer = () => WritableStreamDefaultWriter.prototype;
for (const key of ["write", "close"]) {
  define("streams", `WritableStreamDefaultWriter.prototype.${key}`, writer, key, wrapWrite);
}
