// Copyright 2026 the Tendril authors. MIT license.
// The rows of fetch, of bodies and of web streams.

import { assertStringIncludes } from "@std/assert";
import { type Case, row } from "./table.ts";

/** A body of which a part comes at once; the rest when it is told. */
class Part {
  /** Resolves when nobody wants the rest. */
  readonly cancelled: Promise<unknown>;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  finish!: () => void;

  constructor(text: string) {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.cancelled = promise;
    this.body = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode(text.slice(0, 1)));
        this.finish = () => {
          controller.enqueue(new TextEncoder().encode(text.slice(1)));
          controller.close();
        };
      },
      cancel: resolve,
    });
  }
}

/** A server that does not answer under "/hang", and under "/part" only in part. */
function serving(make: (url: string, part: Part) => Omit<Case, "close" | "begun">): () => Case {
  return () => {
    const come = Promise.withResolvers<void>();
    const part = new Part("a=1");
    const gone = Promise.withResolvers<void>();
    const stop = new AbortController();
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {}, signal: stop.signal },
      (request) => {
        come.resolve();
        const headers = { "content-type": "application/x-www-form-urlencoded" };
        if (request.url.endsWith("/part")) return new Response(part.body, { headers });
        if (!request.url.endsWith("/hang")) return new Response("text");
        request.signal.addEventListener("abort", () => gone.resolve());
        return gone.promise.then(() => new Response("too late"));
      },
    );
    return {
      ended: () => gone.promise,
      ...make(`http://127.0.0.1:${server.addr.port}`, part),
      begun: () => come.promise,
      async close() {
        stop.abort();
        await server.finished;
      },
    };
  };
}

row(
  "fetch",
  serving((url) => ({
    quick: async () => await (await fetch(url)).body!.cancel(),
    slow: () => fetch(`${url}/hang`),
    reason: `fetch ${url}`,
  })),
);

const readers: Record<string, (body: Response | Request) => Promise<unknown>> = {
  arrayBuffer: (body) => body.arrayBuffer(),
  blob: (body) => body.blob(),
  bytes: (body) => body.bytes(),
  formData: (body) => body.formData(),
  json: (body) => body.json().catch(onlySyntax),
  text: (body) => body.text(),
};

function onlySyntax(error: unknown): void {
  if (!(error instanceof SyntaxError)) throw error;
}

/** Reads the body of a response of which a part has come. */
function responding(read: (response: Response) => Promise<unknown>): () => Case {
  return serving((url, part) => ({
    quick: async () => await read(await fetch(`${url}/part`)),
    finish: () => part.finish(),
    ended: () => part.cancelled,
    reason: `body of ${url}`,
  }));
}

for (const [name, read] of Object.entries(readers)) {
  row(`Response.prototype.${name}`, responding(read));
  row(`Request.prototype.${name}`, () => {
    const { body, finish } = new Part("a=1");
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const request = new Request("http://localhost/", { method: "POST", body, headers });
    // Whoever sends a request is not ours to end: the host reads on alone.
    return {
      quick: () => read(request),
      finish,
      ended: () => Promise.resolve(finish()),
      reason: "body of http://localhost/",
    };
  });
}
row(
  "Response.prototype.clone",
  responding((response) => {
    return response.clone().text();
  }),
);

/** Reads a body piece by piece to its end. */
function streaming(read: (stream: ReadableStream<Uint8Array>) => Promise<unknown>) {
  return responding((response) => read(response.body!));
}

async function readAll(stream: ReadableStream<Uint8Array>): Promise<void> {
  const reader = stream.getReader();
  while (!(await reader.read()).done);
}
row("ReadableStream.prototype.getReader", streaming(readAll));
row("ReadableStreamDefaultReader.prototype.read", streaming(readAll));
row("Response.prototype.body", streaming(readAll));
row("ReadableStream.prototype.pipeTo", streaming((stream) => stream.pipeTo(new WritableStream())));
row(
  "ReadableStream.prototype.values",
  streaming(async (stream) => {
    for await (const chunk of stream.values()) assertStringIncludes("a=1", text(chunk));
  }),
);
row(
  "ReadableStream.prototype[Symbol.asyncIterator]",
  streaming(async (stream) => {
    for await (const chunk of stream) assertStringIncludes("a=1", text(chunk));
  }),
);

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** A stream from which nothing comes until `finish`. */
function silent(type?: "bytes") {
  const { promise: cancelled, resolve } = Promise.withResolvers<unknown>();
  let finish!: () => void;
  const stream = new ReadableStream<Uint8Array>({
    type,
    start(controller: ReadableStreamDefaultController<Uint8Array>) {
      finish = () => controller.enqueue(new Uint8Array(3));
    },
    cancel: resolve,
  } as UnderlyingSource<Uint8Array>);
  return { stream, finish, cancelled };
}

row("ReadableStreamBYOBReader.prototype.read", () => {
  const { stream, finish, cancelled } = silent("bytes");
  const reader = stream.getReader({ mode: "byob" });
  return {
    quick: () => reader.read(new Uint8Array(10)),
    finish,
    ended: () => cancelled,
    reason: "read a stream",
  };
});
row("Request.prototype.body", () => {
  const { stream: body, finish, cancelled } = silent();
  const request = new Request("http://localhost/", { method: "POST", body });
  return {
    quick: () => request.body!.getReader().read(),
    finish,
    ended: () => cancelled,
    reason: "read body of http://localhost/",
  };
});

/** A stream into which nothing goes until `finish`. */
function blocked(use: (writer: WritableStreamDefaultWriter<string>) => Promise<unknown>): Case {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { promise: aborted, resolve: abort } = Promise.withResolvers<unknown>();
  const writer = new WritableStream<string>({
    write: () => promise,
    close: () => promise,
    abort,
  }).getWriter();
  writer.closed.catch(() => {});
  return {
    quick: () => use(writer),
    finish: resolve,
    async ended() {
      resolve();
      await aborted;
    },
    reason: "write a stream",
  };
}
row(
  "WritableStreamDefaultWriter.prototype.write",
  () => blocked((writer) => writer.write("a")),
);
row("WritableStreamDefaultWriter.prototype.close", () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const writer = new WritableStream<string>({ close: () => promise }).getWriter();
  writer.closed.catch(() => {});
  return {
    quick: () => writer.close(),
    finish: resolve,
    ended: () => Promise.resolve(resolve()),
    reason: "write a stream",
  };
});
