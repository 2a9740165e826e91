// Copyright 2026 the Tendril authors. MIT license.
// What can go wrong with the answer to a request for a range. Where none was asked for, there is no fault.

import { type Answer, partial } from "./answer.ts";
import { etagOf, type Served } from "./content.ts";
import type { Fault } from "./server.ts";

/** Changes the answer with a part. */
function spoilt(change: (answer: Answer, part: Part) => Partial<Answer>): Fault {
  return (exchange, answer) => {
    const { part } = answer;
    return exchange.answer(part ? { ...answer, ...change(answer, part) } : answer);
  };
}

type Part = NonNullable<Answer["part"]>;

/** Says that the part is one it is not. */
export function mislabelled(label: (part: Part) => string): Fault {
  return spoilt(({ headers }, part) => ({
    headers: { ...headers, "content-range": label(part) },
  }));
}

/** Sends a part of the file that begins elsewhere, and says so. */
export function shifted({ bytes }: Served, by: number): Fault {
  return spoilt(({ headers }, { first, last, total }) => {
    const moved = Math.max(0, first + by);
    return partial(headers, bytes, { first: moved, last: Math.max(moved, last + by), total });
  });
}

/** Sends a part that begins elsewhere, and says it were the right one. */
export function shiftedSecretly({ bytes }: Served, by: number): Fault {
  return spoilt((_, { first, last }) => ({ body: bytes.slice(first + by, last + 1 + by) }));
}

/** Sends a part that ends later, or earlier, than was asked for, and says so. */
export function resized({ bytes }: Served, by: number): Fault {
  return spoilt(({ headers }, { first, last, total }) =>
    partial(headers, bytes, { first, last: Math.min(last + by, total - 1), total })
  );
}

/** Sends all of the file with status 200. */
export function whole({ bytes }: Served): Fault {
  return spoilt(() => ({ status: 200, body: bytes, length: bytes.length }));
}

/** Sends a part of another file whatever the client knows of the first, with its own ETag or a given one. */
export function partOf(other: Served, etag = etagOf(other)): Fault {
  return spoilt(({ headers }, { first, last }) => {
    const total = other.bytes.length;
    const { etag: _, ...rest } = headers;
    const part = { first, last: Math.min(last, total - 1), total };
    return partial(etag === null ? rest : { ...rest, etag }, other.bytes, part);
  });
}

/** Sends the part in the form that is meant for several. */
export const multipart: Fault = spoilt(({ headers, body }, { first, last, total }) => {
  const { "content-range": _, ...rest } = headers;
  const head = `--frontier\r\ncontent-range: bytes ${first}-${last}/${total}\r\n\r\n`;
  const pieces = [
    new TextEncoder().encode(head),
    body!,
    new TextEncoder().encode("\r\n--frontier--"),
  ];
  const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return {
    headers: { ...rest, "content-type": "multipart/byteranges; boundary=frontier" },
    body: all,
    length: all.length,
  };
});

/** Sends the part without saying which it is. */
export const unlabelled: Fault = spoilt(({ headers }) => {
  const { "content-range": _, ...rest } = headers;
  return { headers: rest };
});

/** Sends a part of `length` bytes when all was asked for. */
export function unasked({ bytes }: Served, length: number): Fault {
  return (exchange, answer) => {
    const part = { first: 0, last: length - 1, total: bytes.length };
    return exchange.answer({ ...answer, ...partial(answer.headers, bytes, part) });
  };
}
