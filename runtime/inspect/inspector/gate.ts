// Copyright 2026 the Tendril authors. MIT license.
/**
 * Who may talk to the inspector.
 *
 * - The token in the path keeps other users of the machine and other pages of the browser out.
 * - The Host header must be an address of the inspector itself: a foreign site whose name was made to
 *   point to this machine (DNS rebinding) sends its own name.
 * - Browsers say with Origin and Sec-Fetch-Site which page a request comes from; only the inspector's own
 *   may send one.
 *
 * @module
 */
import type { HttpRequest } from "./http.ts";

/** Why a request is refused. */
export interface Refusal {
  /** The HTTP status. */
  readonly status: number;
  /** What is wrong, in a sentence. */
  readonly message: string;
}

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/** A token that nobody guesses: 144 random bits in a form that fits into a URL. */
export function makeToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return bytes.toBase64({ alphabet: "base64url" });
}

/** Whether two texts are the same, in a time that does not tell how much of them is. */
export function isSame(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i % b.length);
  return difference === 0;
}

/** What is wrong with a request, `null` when it may be answered. `hostname` is where the inspector listens. */
export function refusal(request: HttpRequest, token: string, hostname: string): Refusal | null {
  const { headers, path } = request;
  const host = headers.get("host") ?? "";
  if (!isOwnHost(host, hostname)) {
    return {
      status: 403,
      message: `Cannot open the inspector as "${host}": use the URL it printed`,
    };
  }
  const origin = headers.get("origin");
  if (origin !== undefined && origin !== `http://${host}`) {
    return { status: 403, message: `Cannot use the inspector from "${origin}": open its own page` };
  }
  // A link from elsewhere may open the page ("none" is a typed URL), but nothing else.
  const site = headers.get("sec-fetch-site") ?? "none";
  const opens = headers.get("sec-fetch-mode") === "navigate";
  if (site !== "same-origin" && site !== "none" && !opens) {
    return {
      status: 403,
      message: "Cannot use the inspector from another site: open its own page",
    };
  }
  if (!isSame(path.split("/")[1]!, token)) {
    return {
      status: 403,
      message: "Cannot open the inspector: the token in the URL is wrong, use the URL it printed",
    };
  }
  return null;
}

function isOwnHost(host: string, hostname: string): boolean {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  if (LOOPBACK.includes(name) || name === hostname.toLowerCase()) return true;
  // Told to listen elsewhere, it may be asked for by any address: those nobody can rebind.
  return !isLoopback(hostname) && /^(\d+(\.\d+){3}|\[[\da-f:.]+\])$/.test(name);
}

/** Whether it is an address of this machine that no other can reach. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || /^127(\.\d+){3}$/.test(hostname);
}
