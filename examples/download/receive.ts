// Copyright 2026 the Tendril authors. MIT license.
/**
 * Receiving a file from its beginning to its end: at once if it is small, as a stream, or the rest of
 * a stream that broke off.
 *
 * @module
 */
import { type Coroutine, select, sleep } from "../../mod.ts";
import type { CooperativeResponse } from "../../runtime/io/mod.ts";
import { checkPart, hasEnd, rangeHeaders } from "./answer.ts";
import type { Downloader } from "./downloader.ts";
import { ChangedError, LengthError } from "./errors.ts";
import { move, positionOf } from "./move.ts";
import { request } from "./request.ts";
import type { Transfer } from "./transfer.ts";

/** What is in the part now. */
export interface Received {
  /** Its length. */
  readonly bytes: number;
  /** Its bytes, if they are at hand. */
  readonly content?: Uint8Array;
  /** Whether its end is known to be the end of the file. */
  readonly certain: boolean;
}

/**
 * Up to this size a body is read at once and written at once, which is faster than a stream. What has
 * arrived of it is lost when it breaks off.
 */
export const SMALL = 256 * 1024;

/**
 * Receives a small file; gives `undefined` when that takes as long as a stall may. Then nobody knows
 * whether it is slow or silent, which a stream tells.
 */
export function* receiveSmall(
  { settings }: Downloader,
  transfer: Transfer,
  response: CooperativeResponse,
): Coroutine<Received | undefined> {
  transfer.state = "receiving";
  const { value: content } = yield* select({
    body: response.bytes(),
    late: sleep(settings.stallTimeout),
  });
  if (content === undefined) return undefined;
  const bytes = content.length;
  if (bytes !== transfer.total) throw new LengthError(bytes, transfer.total!);
  transfer.part.fill(content);
  transfer.settled = bytes;
  return { bytes, content, certain: true };
}

/** Receives a body as the file from `start` on. */
export function* receiveStream(
  d: Downloader,
  transfer: Transfer,
  response: CooperativeResponse,
  start = 0,
): Coroutine<Received> {
  const { part, total } = transfer;
  transfer.state = "receiving";
  transfer.settled = start;
  using file = part.open(start);
  yield* move(d, transfer, response, file);
  const bytes = positionOf(file);
  if (total !== undefined && bytes !== total) throw new LengthError(bytes, total);
  return { bytes, certain: hasEnd(response) };
}

/** Receives what is missing behind the end of the part. */
export function* receiveRest(
  d: Downloader,
  transfer: Transfer,
  url: URL,
): Coroutine<Received> {
  const { part } = transfer;
  const { validator, length } = part.state!;
  const start = part.size;
  if (start === length) return { bytes: start, certain: true };
  if (length !== undefined && start > length) throw new ChangedError("The part is too long");
  const span = { start, end: undefined };
  using answer = yield* request(d, url, rangeHeaders(span, validator));
  const { response } = answer;
  const whole = checkPart(response, span, length, validator);
  transfer.total = whole;
  if (response.status === 416) return { bytes: start, certain: true };
  return yield* receiveStream(d, transfer, response, start);
}
