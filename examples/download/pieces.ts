// Copyright 2026 the Tendril authors. MIT license.
/**
 * Receiving a big file in pieces, some of them at a time. A piece that breaks off goes on where it was;
 * one that is complete is never asked for again, in a later run neither.
 *
 * @module
 */
import { type Coroutine, scope } from "../../mod.ts";
import { checkPart, rangeHeaders } from "./answer.ts";
import type { Downloader } from "./downloader.ts";
import { LengthError } from "./errors.ts";
import { move, positionOf } from "./move.ts";
import type { Received } from "./receive.ts";
import { request } from "./request.ts";
import { persist } from "./persist.ts";
import type { Transfer } from "./transfer.ts";

/** A piece of a file. */
interface Piece {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

/** Receives the pieces that are missing; the first tries ask at `url`. */
export function* receivePieces(
  d: Downloader,
  transfer: Transfer,
  url: URL,
): Coroutine<Received> {
  transfer.state = "receiving";
  const { pieces, length, pieceSize } = transfer.part.state!;
  const done = new Set(pieces);
  transfer.total = length;
  transfer.settled = 0;
  for (const number of done) {
    const { start, end } = pieceOf(number, length!, pieceSize!);
    transfer.settled += end - start;
  }
  const missing = missingPieces(length!, pieceSize!, done);
  try {
    // When one is given up, so are the others, and nobody writes to the part any more.
    yield* scope(function* (scope) {
      for (let i = 0; i < d.settings.segments; i++) {
        scope.spawn(receiveSome, d, transfer, url, missing);
      }
    });
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error;
  }
  return { bytes: length!, certain: true };
}

/** The pieces that are missing, made one by one as they are wanted: there may be millions. */
function* missingPieces(
  length: number,
  pieceSize: number,
  done: ReadonlySet<number>,
): Generator<Piece> {
  const count = Math.ceil(length / pieceSize);
  for (let number = 0; number < count; number++) {
    if (!done.has(number)) yield pieceOf(number, length, pieceSize);
  }
}

function pieceOf(number: number, length: number, pieceSize: number): Piece {
  const start = number * pieceSize;
  return { number, start, end: Math.min(start + pieceSize, length) };
}

/** Receives pieces as long as there are any left. */
function* receiveSome(
  d: Downloader,
  transfer: Transfer,
  url: URL,
  missing: Iterable<Piece>,
): Coroutine<void> {
  for (const piece of missing) yield* receivePiece(d, transfer, url, piece);
}

function* receivePiece(
  d: Downloader,
  transfer: Transfer,
  url: URL,
  { number, start, end }: Piece,
): Coroutine<void> {
  const { part } = transfer;
  const { validator, length } = part.state!;
  let from = url;
  using file = part.open(start);
  yield* persist(d, transfer, function* () {
    const span = { start: positionOf(file), end };
    using answer = yield* request(d, from, rangeHeaders(span, validator));
    // An address behind a redirect may not hold for long: another try begins in front of it.
    from = transfer.sources[0]!;
    checkPart(answer.response, span, length, validator);
    transfer.state = "receiving";
    yield* move(d, transfer, answer.response, file);
    const at = positionOf(file);
    if (at !== end) throw new LengthError(at - start, end - start);
  });
  part.finish(number);
}
