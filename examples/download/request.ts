// Copyright 2026 the Tendril authors. MIT license.
/**
 * One request: a slot of the host, redirects, and limits on connecting and on the head of the answer.
 *
 * @module
 */
import {
  call,
  type Coroutine,
  race,
  select,
  sleep,
  Timeout,
  until,
  withTimeout,
} from "../../mod.ts";
import { connect, type CooperativeResponse, fetch, type IoPromise } from "../../runtime/io/mod.ts";
import type { Downloader } from "./downloader.ts";
import type { Slot } from "./hosts.ts";
import { LimitError, RefusedError } from "./errors.ts";
import { withoutSecrets } from "./item.ts";
import type { Settings } from "./options.ts";

const MOST_REDIRECTS = 20;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Headers that are meant for one host only. */
const SECRETS = ["authorization", "cookie", "proxy-authorization"];

/** An answer and its slot. At the end of a `using` block a body that nobody read is dropped. */
export class Answer implements Disposable {
  /** Makes an answer that holds a slot. */
  constructor(
    /** What came. */
    readonly response: CooperativeResponse,
    /** Where it came from, behind all redirects. */
    readonly url: URL,
    /** The slot. */
    readonly slot: Slot,
  ) {}

  /** Drops the body and gives the slot back. */
  [Symbol.dispose](): void {
    // One that was read, or failed, holds nothing any more.
    if (!this.response.bodyUsed) this.response.discard().catch(() => {});
    this.slot[Symbol.dispose]();
  }
}

/** Sends a request, after others if the host has enough of them; follows redirects. */
export function* request(
  d: Downloader,
  source: URL,
  more: Record<string, string>,
): Coroutine<Answer> {
  let url = source;
  // Compressed on the way, a file would arrive with another length than was announced.
  const headers: Record<string, string> = { ...d.headers, ...more, "accept-encoding": "identity" };
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    url = takeCredentials(url, headers);
    const slot = yield* d.hosts.acquire(url);
    let answer: Answer | undefined;
    try {
      answer = new Answer(yield* ask(url, headers, d.settings), url, slot);
    } finally {
      if (answer === undefined) slot[Symbol.dispose]();
    }
    const next = redirection(answer, d.settings);
    if (next === undefined) return answer;
    answer[Symbol.dispose]();
    if (next.origin !== url.origin) { for (const name of SECRETS) delete headers[name]; }
    url = next;
  }
  throw new RefusedError(`It was redirected more than ${MOST_REDIRECTS} times`);
}

/**
 * Where to ask for the parts of a file: behind the redirects, unless something secret goes along, of which
 * each redirect decides whether it may be sent on.
 */
export function partsUrl(d: Downloader, source: URL, { url }: Answer): URL {
  const secret = source.username !== "" || source.password !== "" ||
    SECRETS.some((name) => name in d.headers);
  return secret ? source : url;
}

/** Waits for the head of the answer, within the limits on that. */
function* ask(
  url: URL,
  headers: Record<string, string>,
  settings: Settings,
): Coroutine<CooperativeResponse> {
  const half = Math.min(settings.connectTimeout / 2, settings.headerTimeout);
  const fetching = fetch(url, { headers, redirect: "manual" });
  try {
    // Most are answered by then. This wait does not end the request when it is over …
    const { value } = yield* select({ answer: until(fetching), late: sleep(half) });
    if (value !== undefined) return value;
  } catch (error) {
    yield* abandon(fetching);
    throw error;
  }
  // … and this one does.
  return yield* race([fetching, call(watchHead(url, settings))]);
}

/** A name and a password in a URL become a header; they would show in messages and redirects. */
function takeCredentials(url: URL, headers: Record<string, string>): URL {
  const { username, password } = url;
  if (username === "" && password === "") return url;
  const bytes = new TextEncoder().encode(
    `${decodeURIComponent(username)}:${decodeURIComponent(password)}`,
  );
  headers.authorization ??= `Basic ${btoa(String.fromCharCode(...bytes))}`;
  return new URL(withoutSecrets(url));
}

/** Where an answer leads; `undefined` if it is not a redirect. */
function redirection(answer: Answer, settings: Settings): URL | undefined {
  const { response, url } = answer;
  const location = response.headers.get("location");
  if (!REDIRECTS.has(response.status) || location === null) return undefined;
  const next = URL.parse(location, url.href);
  const refused = next === null
    ? "which is no URL"
    : !/^https?:$/.test(next.protocol)
    ? "and only http and https are possible"
    : url.protocol === "https:" && next.protocol === "http:" && !settings.allowDowngrade
    ? "which is not https any more; see --allow-downgrade"
    : undefined;
  if (next !== null && refused === undefined) return next;
  answer[Symbol.dispose]();
  throw new RefusedError(`It was redirected to "${location}", ${refused}`);
}

/** Ends a request, if it has not failed by itself; an answer that came all the same is dropped. */
function* abandon(fetching: IoPromise<CooperativeResponse>): Coroutine<void> {
  try {
    const answer = yield* race([fetching, sleep(0)]);
    if (answer !== undefined) yield* answer.discard();
  } catch {
    // whose error is known
  }
}

/** Ends with an error when the head of the answer takes longer still. */
function* watchHead(url: URL, { connectTimeout, headerTimeout }: Settings): Coroutine<never> {
  const started = performance.now();
  const half = connectTimeout / 2;
  if (half < headerTimeout) {
    // `fetch` does not tell whether it is connected. Nobody needs to know while all goes well.
    if (!usesProxy(url) && !(yield* isReachable(url, half))) {
      throw new LimitError(`No connection within ${connectTimeout} ms (connect-timeout)`);
    }
    yield* sleep(Math.max(0, headerTimeout - half - (performance.now() - started)));
  }
  throw new LimitError(`No answer within ${headerTimeout} ms (header-timeout)`);
}

/** Whether a connection can be made, or is refused, in that time. */
function* isReachable({ hostname, port, protocol }: URL, ms: number): Coroutine<boolean> {
  const limit = new Timeout(ms);
  try {
    const connection = yield* withTimeout(
      limit,
      connect({
        hostname: hostname.replace(/^\[|\]$/g, ""),
        port: Number(port) || (protocol === "https:" ? 443 : 80),
      }),
    );
    connection.close();
  } catch (error) {
    if (error === limit) return false;
    // Whatever else it is, `fetch` meets it too, and says it better.
    if (!(error instanceof Error) || error instanceof Timeout) throw error;
  }
  return true;
}

/** Whether requests to this host take the way over a proxy, so that a connection of our own says nothing. */
function usesProxy({ protocol, hostname }: URL): boolean {
  try {
    const get = (name: string) => Deno.env.get(name) ?? Deno.env.get(name.toLowerCase());
    const proxy = get(protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY") ?? get("ALL_PROXY");
    const direct = (get("NO_PROXY") ?? "").split(",").map((name) => name.trim())
      .some((name) => name === "*" || hostname === name || hostname.endsWith(`.${name}`));
    return proxy !== undefined && !direct;
  } catch {
    return true; // nobody may know
  }
}
