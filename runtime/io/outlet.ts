// Copyright 2026 the Tendril authors. MIT license.
/**
 * The side through which bytes go out.
 *
 * Invariants:
 * - The bytes of one write at a time are with the host: those of `writing`. That is `call`, unless it
 *   was given up.
 * - A write that is given up ends with what the host has at that moment. Until then it is `left`, and
 *   the next write waits for it, so that the bytes of two never mix.
 *
 * @module
 */
import { GreenletExit } from "../errors.ts";
import { failure } from "./errors.ts";
import { cooperative, expose, type IoPromise } from "./promise.ts";
import { Call, Side, type Target } from "./side.ts";

/** What the host writes with. */
export interface Writer {
  /** Writes some of the bytes and gives how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Tells the other end that no more will come. */
  closeWrite(): Promise<void>;
}

const abandoned = new GreenletExit(
  "The greenlet that wrote this no longer waits for it; a part may have been sent",
);

/** Writes for one greenlet at a time. */
export class Outlet extends Side<Uint8Array, void> {
  declare private readonly writer: Writer;
  declare private writing: Call<Uint8Array, void> | null;
  declare private left: Promise<void> | null;
  declare private readonly wrote: (count: number) => void | Promise<void>;
  declare private readonly fail: (error: unknown) => void;

  /** Makes an outlet through which nothing has gone. */
  constructor(target: Target, writer: Writer) {
    super(target, "write");
    this.writer = writer;
    this.writing = null;
    this.left = null;
    this.wrote = (count) => this.written(this.writing!, count);
    this.fail = (error) => this.failed(this.writing!, error);
  }

  override get reason(): string {
    return this.left === null ? super.reason : `${super.reason} (after a write that was given up)`;
  }

  /** Whether nothing is under way. */
  get idle(): boolean {
    return this.call === null && this.left === null;
  }

  /** Writes all of `bytes`. */
  write(bytes: Uint8Array): IoPromise<void> {
    if (this.call !== null) return this.refuse(this.call);
    const call = new Call(this, bytes);
    this.call = call;
    call.promise = this.left === null ? this.begin(call) : this.left.then(() => this.begin(call));
    return expose(call);
  }

  private begin(call: Call<Uint8Array, void>): Promise<void> {
    if (this.call !== call) throw this.abandoned;
    this.writing = call;
    return this.writer.write(call.argument).then(this.wrote, this.fail);
  }

  private written(call: Call<Uint8Array, void>, count: number): void | Promise<void> {
    if (this.call !== call) throw this.abandoned;
    if (count < call.argument.length) return this.writeRest(call, count);
    this.call = null;
    call.settle(undefined);
  }

  private async writeRest(call: Call<Uint8Array, void>, from: number): Promise<void> {
    const { argument } = call;
    let at = from;
    try {
      while (at < argument.length && this.call === call) {
        at += await this.writer.write(argument.subarray(at));
      }
    } catch (error) {
      return this.failed(call, error);
    }
    return this.written(call, at);
  }

  private failed(call: Call<Uint8Array, void>, cause: unknown): void {
    if (this.call !== call) throw this.abandoned;
    const error = this.wrap(cause);
    this.call = null;
    call.fail(error);
    throw error;
  }

  /** Tells the other end that no more will come; the host does that after what it is writing. */
  close(): IoPromise<void> {
    const { name } = this.target;
    return cooperative("close the writing side of", name, this.closeLast(), () => {});
  }

  private async closeLast(): Promise<void> {
    this.checkFree();
    try {
      await this.writer.closeWrite();
    } catch (error) {
      const { name, gone } = this.target;
      throw failure(`close the writing side of ${name}`, error, gone);
    }
  }

  desert(call: Call<Uint8Array, void>): void {
    this.call = null;
    const over = () => {
      if (this.left === left) this.left = null;
    };
    const left = call.promise.then(over, over);
    this.left = left;
  }

  /** What was written stays written. */
  putBack(): void {}

  override get abandoned(): GreenletExit {
    return abandoned;
  }
}
