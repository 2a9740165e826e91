// Copyright 2026 the Tendril authors. MIT license.
/**
 * The part of a file that is there already, and the sidecar that says what it is: `NAME.part` and
 * `NAME.part.json`.
 *
 * Invariants:
 * - The sidecar never claims more than was written. A piece is noted after its last byte; where there are
 *   no pieces, the length of the part is what there is. It is replaced by a rename, so that a process
 *   which is killed leaves the old or the new one.
 * - Nothing is synced to the disk: what a killed process wrote is safe with the system, and waiting for
 *   the disk costs a third of the speed. After a power cut only a checksum tells whether a part is good.
 * - No link is followed: parts are made afresh, or are plain files.
 *
 * The calls are synchronous, because each takes some microseconds, less than a wait would.
 *
 * @module
 */
import type { Validator } from "./answer.ts";
import { withoutSecrets } from "./item.ts";

/** What a part is of. */
export interface PartState {
  /** The URL it came from. */
  readonly url: string;
  /** The version of the file. */
  readonly validator: Validator;
  /** The length of the whole file, if it is known. */
  readonly length: number | undefined;
  /** How long its pieces are; `undefined` if it grows from its beginning. */
  readonly pieceSize: number | undefined;
  /** The numbers of the pieces that are complete. */
  readonly pieces: number[];
}

/** A part and its sidecar. */
export class Part {
  /** Where it is. */
  readonly path: string;
  /** What it is of; `undefined` if nobody can go on with it. */
  state: PartState | undefined;
  /** Whether this run wrote to it. */
  begun = false;
  readonly #sidecar: string;
  #noted = false;

  /** Stands for the part of a file; looks at nothing yet. */
  constructor(finalPath: string) {
    this.path = `${finalPath}.part`;
    this.#sidecar = `${this.path}.json`;
  }

  /** How many bytes it has. */
  get size(): number {
    return plainFile(this.path)?.size ?? 0;
  }

  /** Whether what there is of it came from this URL. */
  canGoOn(source: URL): boolean {
    return this.state !== undefined && this.state.url === withoutSecrets(source) &&
      (this.state.pieceSize !== undefined || this.size > 0);
  }

  /** Finds what an earlier run left, if that is of this very file; gives whether it is. */
  load({ url, validator, length }: Omit<PartState, "pieceSize" | "pieces">): boolean {
    const state = this.#read();
    const info = plainFile(this.path);
    if (state === undefined || info === undefined || info.size === 0) return false;
    const same = state.url === url && state.length === length &&
      state.validator.header === validator.header && state.validator.value === validator.value;
    if (!same || info.size < endOfLast(state) || info.size > (length ?? Infinity)) return false;
    this.state = state;
    return true;
  }

  /** Makes an empty part, and its sidecar if somebody may go on with it. */
  begin(state: PartState | undefined): void {
    this.remove();
    this.begun = true;
    this.state = state;
    makeFile(this.path, new Uint8Array());
    if (state !== undefined) this.#save(state);
  }

  /** Opens it to write from `position` on. */
  open(position: number): Deno.FsFile {
    const file = Deno.openSync(this.path, { write: true });
    file.seekSync(position, Deno.SeekMode.Start);
    return file;
  }

  /** Makes it of these bytes, which are all of the file. */
  fill(bytes: Uint8Array): void {
    this.begun = true;
    // Where there was a part, there was a sidecar; to look for one costs more than to write the file.
    if (makeFile(this.path, bytes)) this.#noted = true;
  }

  /** Notes that a piece is complete. */
  finish(piece: number): void {
    const state = this.state!;
    state.pieces.push(piece);
    this.#save(state);
  }

  /** Gives the file its name. */
  commit(finalPath: string): void {
    Deno.renameSync(this.path, finalPath);
    if (this.#noted) removeIfThere(this.#sidecar);
  }

  /** Removes it and what belongs to it. */
  remove(): void {
    this.state = undefined;
    for (const path of [this.path, this.#sidecar, `${this.#sidecar}~`]) removeIfThere(path);
  }

  #save({ url, validator, length, pieceSize, pieces }: PartState): void {
    this.#noted = true;
    const key = validator.header === "etag" ? "etag" : "lastModified";
    const text = JSON.stringify({ url, [key]: validator.value, length, pieceSize, pieces });
    try {
      makeFile(`${this.#sidecar}~`, new TextEncoder().encode(text));
      Deno.renameSync(`${this.#sidecar}~`, this.#sidecar);
    } catch (error) {
      removeIfThere(`${this.#sidecar}~`);
      throw error;
    }
  }

  #read(): PartState | undefined {
    try {
      if (plainFile(this.#sidecar) === undefined) return undefined;
      this.#noted = true;
      return checkState(JSON.parse(Deno.readTextFileSync(this.#sidecar)));
    } catch {
      return undefined; // nobody can make anything of it
    }
  }
}

/** What a sidecar says; `undefined` if it makes no sense. */
function checkState(
  { url, etag, lastModified, length, pieceSize, pieces }: Record<string, unknown>,
): PartState | undefined {
  const value = etag ?? lastModified;
  const isCount = (count: unknown) => Number.isSafeInteger(count) && count as number >= 0;
  const sound = typeof url === "string" && typeof value === "string" &&
    (length === undefined || isCount(length)) && Array.isArray(pieces) && pieces.every(isCount) &&
    (pieceSize === undefined || (isCount(pieceSize) && pieceSize !== 0 && length !== undefined));
  if (!sound) return undefined;
  return {
    url,
    validator: { header: etag === undefined ? "last-modified" : "etag", value },
    length: length as number | undefined,
    pieceSize: pieceSize as number | undefined,
    pieces,
  };
}

/** How long a part has to be that has these pieces. */
function endOfLast({ length, pieceSize, pieces }: PartState): number {
  if (pieceSize === undefined || pieces.length === 0) return 0;
  const last = pieces.reduce((a, b) => Math.max(a, b));
  const end = Math.min(length!, (last + 1) * pieceSize);
  return last * pieceSize < end ? end : Infinity;
}

/** Makes a file afresh, in place of whatever was there; gives whether there was something. */
function makeFile(path: string, bytes: Uint8Array): boolean {
  try {
    Deno.writeFileSync(path, bytes, { createNew: true });
    return false;
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    Deno.removeSync(path);
    Deno.writeFileSync(path, bytes, { createNew: true });
    return true;
  }
}

/** What is known of a plain file; `undefined` if there is none. */
export function plainFile(path: string): Deno.FileInfo | undefined {
  try {
    const info = Deno.lstatSync(path);
    return info.isFile ? info : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
