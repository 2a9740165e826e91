// Copyright 2026 the Tendril authors. MIT license.
/**
 * Addresses as text, for wait reasons and errors.
 *
 * @module
 */
import { show } from "../clock.ts";

/** `127.0.0.1:80`, `[::1]:80`, or the path of a Unix socket. */
export function hostPort(hostname: string, port: number): string {
  return hostname.includes(":") && !hostname.startsWith("[")
    ? `[${hostname}]:${port}`
    : `${hostname}:${port}`;
}

/** An address as text; that of a client of a Unix socket is empty. */
export function showAddress(address: Deno.Addr): string {
  if ("path" in address) return address.path ?? "";
  return hostPort("hostname" in address ? address.hostname : `${address.cid}`, address.port);
}

/** Throws unless `transport` is one of the two that there are, or is left out. */
export function checkTransport(
  action: string,
  transport: string | undefined,
  usual: string,
  other: string,
): void {
  if (transport === undefined || transport === usual || transport === other) return;
  throw new TypeError(
    `Cannot ${action}: transport must be "${usual}" or "${other}", got ${show(transport)}`,
  );
}
