// Copyright 2026 the Tendril authors. MIT license.
/**
 * Questions to the domain name system, which yield in a greenlet.
 *
 * @module
 */
import { failure } from "./errors.ts";
import { cooperative, type IoPromise } from "./promise.ts";

// The original, whatever the global one becomes.
const hostResolve = Deno.resolveDns as (
  query: string,
  recordType: Deno.RecordType,
  options: Deno.ResolveDnsOptions,
) => Promise<unknown[]>;

/** What the records of some types look like; those of the other types are strings. */
export interface DnsRecords {
  /** Who may issue certificates. */
  CAA: Deno.CaaRecord;
  /** Where mail goes. */
  MX: Deno.MxRecord;
  /** How to go on. */
  NAPTR: Deno.NaptrRecord;
  /** Who has the say. */
  SOA: Deno.SoaRecord;
  /** Where a service is. */
  SRV: Deno.SrvRecord;
  /** Texts, each in parts. */
  TXT: string[];
}

/** A record of type `T`. */
export type DnsRecord<T extends Deno.RecordType> = T extends keyof DnsRecords ? DnsRecords[T]
  : string;

/**
 * Asks for the records of a name, with the options of `Deno.resolveDns`. When the greenlet that waits
 * is killed or timed out, the question is dropped.
 *
 * @example Usage
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { resolveDns } from "@tendril/tendril/io";
 * import { assertEquals } from "@std/assert";
 *
 * await run(function* () {
 *   assertEquals(yield* resolveDns("localhost", "A"), ["127.0.0.1"]);
 * });
 * ```
 *
 * @throws {Deno.errors.NotFound} If there are no such records.
 */
export function resolveDns<T extends Deno.RecordType>(
  query: string,
  recordType: T,
  options?: Deno.ResolveDnsOptions,
): IoPromise<DnsRecord<T>[]> {
  const controller = new AbortController();
  const given = options?.signal;
  const signal = given === undefined
    ? controller.signal
    : AbortSignal.any([given, controller.signal]);
  const answer = hostResolve(query, recordType, { ...options, signal }).catch((error): never => {
    throw signal.aborted ? error : failure(`resolve ${query} ${recordType}`, error);
  });
  return cooperative(
    "resolve",
    `${query} ${recordType}`,
    answer as Promise<DnsRecord<T>[]>,
    controller,
  );
}
