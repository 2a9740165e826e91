// Copyright 2026 the Tendril authors. MIT license.
/**
 * One try to download a file: one request, and its body in the part file, verified.
 *
 * @module
 */
import { call, type Coroutine, race, sleep, Timeout, until, withTimeout } from "../../mod.ts";
import { type CooperativeResponse, fetch, type File, open, stat } from "../../runtime/io/mod.ts";
import type { WorkerPool } from "../../runtime/parallel/mod.ts";
import { sha256, sha256OfFile } from "./checksum.ts";
import { ChecksumError, HttpError, LengthError } from "./errors.ts";
import type { Transfer } from "./transfer.ts";

/** How long a request may take; in milliseconds. */
export interface Limits {
  /** Until the answer begins. */
  readonly headerTimeout: number;
  /** Without a byte more. */
  readonly stallTimeout: number;
}

/** What an attempt leaves in the part file. */
export interface Received {
  /** The length of the file. */
  readonly bytes: number;
  /** Its SHA-256, in hexadecimal digits. */
  readonly sha256: string;
}

/** Up to this size a body is kept in memory and hashed at once: a stream and a worker take longer. */
const SMALL = 256 * 1024;

/** Tries once to get the file into `transfer.partPath`; big files are hashed by `hashers`. */
export function* attempt(
  transfer: Transfer,
  limits: Limits,
  hashers: WorkerPool,
): Coroutine<Received> {
  transfer.attempts++;
  transfer.state = "connecting";
  const response = yield* withTimeout(
    new Timeout(limits.headerTimeout, `No answer within ${limits.headerTimeout} ms`),
    // Compressed on the way, a file would arrive with another length than was announced.
    fetch(transfer.item.url, { headers: { "accept-encoding": "identity" } }),
  );
  if (!response.ok) {
    yield* response.discard();
    throw new HttpError(response);
  }
  transfer.state = "receiving";
  transfer.total = lengthOf(response);
  const received =
    yield* (transfer.total !== undefined && transfer.total <= SMALL
      ? receiveSmall(transfer, response, limits)
      : receiveBig(transfer, response, limits, hashers));
  const { total, item } = transfer;
  if (total !== undefined && received.bytes !== total) {
    throw new LengthError(received.bytes, total);
  }
  if (item.sha256 !== undefined && received.sha256 !== item.sha256) {
    throw new ChecksumError(received.sha256, item.sha256);
  }
  return received;
}

/** The length of the file, unless the server compressed it all the same. */
function lengthOf({ headers }: Response): number | undefined {
  const length = headers.get("content-length");
  return length === null || headers.has("content-encoding") ? undefined : Number(length);
}

function* receiveSmall(
  transfer: Transfer,
  response: CooperativeResponse,
  { stallTimeout }: Limits,
): Coroutine<Received> {
  const bytes = yield* withTimeout(
    new Timeout(stallTimeout, `The body did not arrive within ${stallTimeout} ms`),
    response.bytes(),
  );
  const file = yield* openPart(transfer);
  try {
    yield* file.write(bytes);
  } finally {
    file.close();
  }
  return { bytes: bytes.length, sha256: sha256(bytes) };
}

/** The host moves the bytes from the socket to the file; they never become objects here. */
function* receiveBig(
  transfer: Transfer,
  response: CooperativeResponse,
  { stallTimeout }: Limits,
  hashers: WorkerPool,
): Coroutine<Received> {
  const file = yield* openPart(transfer);
  try {
    yield* race([
      response.pipeTo(file.writable),
      call(watchForStall(transfer, stallTimeout)),
    ]);
  } finally {
    file.close();
  }
  transfer.state = "verifying";
  const { size } = yield* stat(transfer.partPath);
  const sha256 = yield* hashers.apply(sha256OfFile, [transfer.partPath]);
  return { bytes: size, sha256 };
}

/** Ends with an error when nothing has arrived for too long. */
function* watchForStall(transfer: Transfer, stallTimeout: number): Coroutine<never> {
  let received = 0;
  for (let silent = 0; silent < 4; silent++) {
    yield* sleep(stallTimeout / 4);
    const now = transfer.received;
    if (now > received) silent = -1;
    received = now;
  }
  throw new Timeout(stallTimeout, `Nothing arrived for ${stallTimeout} ms`);
}

/** Opens the part file, empty. A kill waits until that is done, so that the file can be removed. */
function* openPart({ partPath }: Transfer): Coroutine<File> {
  const opening = open(partPath, { write: true, create: true, truncate: true });
  try {
    return yield* opening;
  } finally {
    yield* until(Promise.allSettled([opening]));
  }
}
