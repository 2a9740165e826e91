// Copyright 2026 the Tendril authors. MIT license.
/**
 * `fetch` and the bodies of Responses and Requests. A kill or a timeout aborts the request, also while
 * its body is read.
 *
 * @module
 */
import { hostCall, insideGreenlet } from "./call.ts";
import { define, type HostFunction, ignore, type Wrap } from "./registry.ts";
import { labelStream } from "./streams.ts";

/** What a response came from. */
interface Sent {
  readonly url: string;
  readonly controller: AbortController;
}

type FetchArguments = [input: RequestInfo | URL, init?: RequestInit];

const sents = new WeakMap<Response, Sent>();

const wrapFetch: Wrap = (original) =>
  function (this: unknown, ...args: unknown[]): unknown {
    if (!insideGreenlet() || args.length === 0) return Reflect.apply(original, this, args);
    const controller = new AbortController();
    const url = args[0] instanceof Request ? args[0].url : String(args[0]);
    const sent: Sent = { url, controller };
    return hostCall("fetch", url, () => {
      const response: Promise<Response> = Reflect.apply(
        original,
        this,
        withAbort(args as FetchArguments, controller.signal),
      );
      return response.then((received) => {
        sents.set(received, sent);
        return received;
      });
    }, controller);
  };

/** The arguments of a `fetch` that is aborted when theirs is, or by `signal`. */
function withAbort(
  [input, init]: FetchArguments,
  signal: AbortSignal,
): FetchArguments {
  if (init && Object.getPrototypeOf(init) !== Object.prototype) {
    // Something with accessors, such as a Request: only the host can read it.
    return withAbort([new Request(input, init)], signal);
  }
  const given = init?.signal ?? (input instanceof Request ? input.signal : undefined);
  return [input, { ...init, signal: given ? AbortSignal.any([given, signal]) : signal }];
}

const wrapBody: Wrap = (original) =>
  function (this: Request | Response, ...args: unknown[]): unknown {
    if (!insideGreenlet(this)) return Reflect.apply(original, this, args);
    const sent = sents.get(this as Response);
    return hostCall(
      "body of",
      sent?.url ?? this.url,
      () => Reflect.apply(original, this, args),
      sent?.controller ?? ignore,
    );
  };

const wrapClone: Wrap = (original) =>
  function (this: Response): unknown {
    const clone = Reflect.apply(original, this, []);
    const sent = sents.get(this);
    if (sent !== undefined) sents.set(clone, sent);
    return clone;
  };

const wrapStream: Wrap = (original: HostFunction) =>
  function (this: Response | Request): unknown {
    const stream: ReadableStream | null = Reflect.apply(original, this, []);
    if (stream !== null && insideGreenlet(this)) {
      labelStream(stream, `body of ${sents.get(this as Response)?.url ?? this.url}`);
    }
    return stream;
  };

define("fetch", "fetch", () => globalThis, "fetch", wrapFetch);
for (const [name, prototype] of Object.entries({ Response, Request })) {
  const holder = () => prototype.prototype;
  for (const key of ["arrayBuffer", "blob", "bytes", "formData", "json", "text"]) {
    define("fetch", `${name}.prototype.${key}`, holder, key, wrapBody);
  }
  define("fetch", `${name}.prototype.body`, holder, "body", wrapStream, "getter");
}
define("fetch", "Response.prototype.clone", () => Response.prototype, "clone", wrapClone);
