// Copyright 2026 the Tendril authors. MIT license.
/**
 * One try to get a file: it asks for the file, looks at what the answer says of it, and chooses how to
 * move it.
 *
 * @module
 */
import type { Coroutine } from "../../mod.ts";
import { checkCoding, givesParts, lengthOf, retryAfterOf, validatorOf } from "./answer.ts";
import type { Downloader } from "./downloader.ts";
import { ChangedError, HttpError } from "./errors.ts";
import { isNewer, mayWrite } from "./existing.ts";
import { withoutSecrets } from "./item.ts";
import { nameOfDisposition } from "./names.ts";
import { receivePieces } from "./pieces.ts";
import { partsUrl, request } from "./request.ts";
import { type Received, receiveRest, receiveSmall, receiveStream, SMALL } from "./receive.ts";
import type { Transfer } from "./transfer.ts";

/**
 * Tries to get all of the file into its part; gives `undefined` if nobody needs it. What does not fit
 * together is removed and fetched again once, in one stream.
 */
export function* attempt(d: Downloader, transfer: Transfer): Coroutine<Received | undefined> {
  try {
    return yield* attemptOnce(d, transfer);
  } catch (error) {
    if (!(error instanceof ChangedError) || transfer.whole) throw error;
  }
  transfer.whole = true;
  transfer.reset();
  return yield* attemptOnce(d, transfer);
}

function* attemptOnce(d: Downloader, transfer: Transfer): Coroutine<Received | undefined> {
  transfer.attempts++;
  transfer.state = "connecting";
  const source = transfer.sources[0]!;
  const { part } = transfer;
  if (part.canGoOn(source)) return yield* goOn(d, transfer, source);
  let location: URL;
  {
    using answer = yield* request(d, source, conditionOf(transfer));
    const { response } = answer;
    if (response.status === 304 && transfer.since !== undefined) return undefined;
    if (response.status !== 200) throw new HttpError(response, retryAfterOf(response));
    checkCoding(response);
    if (!(yield* takeName(d, transfer, response)) || !isNewer(transfer, response)) return undefined;
    transfer.total = lengthOf(response);
    if (isSmall(d, transfer)) {
      const received = yield* receiveSmall(d, transfer, response);
      if (received !== undefined) return received;
      transfer.slow = true;
    } else if (!inParts(d, transfer, response, withoutSecrets(source))) {
      return yield* receiveStream(d, transfer, response);
    }
    location = partsUrl(d, source, answer);
  }
  // Another request is needed, for which the slot of this one is free now.
  return yield* (transfer.part.state === undefined
    ? attemptOnce(d, transfer)
    : goOn(d, transfer, location));
}

/** Gets what is missing of a part that was begun. */
function goOn(d: Downloader, transfer: Transfer, url: URL): Coroutine<Received> {
  const { pieceSize } = transfer.part.state!;
  return pieceSize === undefined ? receiveRest(d, transfer, url) : receivePieces(d, transfer, url);
}

function conditionOf({ since }: Transfer): Record<string, string> {
  return since === undefined ? {} : { "if-modified-since": since.toUTCString() };
}

function isSmall({ settings, throttle }: Downloader, { total, slow }: Transfer): boolean {
  const most = Math.min(SMALL, 2 * settings.pieceSize - 1);
  return total !== undefined && total <= most && !slow && throttle === undefined;
}

/** Takes the name that the server suggests; gives whether the file is wanted under that. */
function* takeName(d: Downloader, transfer: Transfer, { headers }: Response): Coroutine<boolean> {
  if (transfer.item.named) return true;
  const name = nameOfDisposition(headers.get("content-disposition"));
  if (name === undefined || name === transfer.wanted) return true;
  d.claims.claim(transfer.item, name);
  transfer.wanted = transfer.name = name;
  return yield* mayWrite(d, transfer);
}

/**
 * Whether the file is to be fetched in parts: what is missing of one that an earlier run began, or
 * pieces side by side. Otherwise the part is made ready for this answer.
 */
function inParts(
  { settings: { resume, segments, pieceSize } }: Downloader,
  transfer: Transfer,
  response: Response,
  url: string,
): boolean {
  const { part, total: length, whole } = transfer;
  const validator = whole ? undefined : validatorOf(response);
  if (validator === undefined) {
    part.begin(undefined);
    return false;
  }
  const file = { url, validator, length };
  if (resume && part.load(file)) return transfer.resumed = true;
  const many = segments > 1 && length !== undefined && length >= 2 * pieceSize &&
    givesParts(response);
  part.begin({ ...file, pieceSize: many ? pieceSize : undefined, pieces: [] });
  return many;
}
