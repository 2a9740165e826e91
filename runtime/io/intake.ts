// Copyright 2026 the Tendril authors. MIT license.
/**
 * The side through which something comes in: bytes, connections or datagrams.
 *
 * The host cannot take back that it reads or accepts, short of closing the socket. So when a call is
 * given up, what the host brings is kept for the next one, and nothing is lost.
 *
 * Invariants:
 * - At most one operation of the host is under way (`busy`). It is that of `call`, unless it is `late`:
 *   begun for a call that was given up. The next call then waits for it instead of beginning another.
 * - `kept` is what came in and nobody took, oldest first, null when there is nothing. No operation begins
 *   before it is used up.
 *
 * @module
 */
import { Call, Side, type Target } from "./side.ts";
import { expose, type IoPromise } from "./promise.ts";

/** What was kept: a value, or an error of the host. */
type Kept<P> = { readonly value: P } | { readonly error: unknown };

/** What keeps the program alive while it waits. */
export interface Host {
  /** From now on it does. */
  ref(): void;
  /** From now on it does not. */
  unref(): void;
}

/** `A` is what it is called with, `R` what the host gives, `T` what the caller gets, `P` what is kept. */
export abstract class Intake<A, R, T, P> extends Side<A, T> {
  declare protected readonly host: Host;
  /** What the operation of the host was begun with. */
  declare protected given: A | null;
  declare private busy: boolean;
  declare private late: boolean;
  declare private kept: Kept<P>[] | null;
  declare private readonly arrive: (result: R) => T;
  declare private readonly fail: (error: unknown) => T;

  /** Makes an intake through which nothing has come. */
  constructor(target: Target, verb: string, host: Host) {
    super(target, verb);
    this.host = host;
    this.given = null;
    this.busy = false;
    this.late = false;
    this.kept = null;
    this.arrive = (result) => this.arrived(result);
    this.fail = (error) => this.failed(error);
  }

  /** Begins the operation of the host. */
  protected abstract begin(argument: A): Promise<R>;
  /** What the caller gets for what the host gave. */
  protected abstract convert(result: R): T;
  /** What of `value` is to be kept; it was taken in with `argument`, which may soon be gone. */
  protected abstract pack(value: T, argument: A): P;
  /** Gives what was kept to somebody who called with `argument`; what is too much goes to `putFirst`. */
  protected abstract unpack(kept: P, argument: A): T;
  /** Nobody will ever take what was kept. */
  protected abstract discard(kept: P): void;

  /** Whether nothing is under way or kept. */
  get idle(): boolean {
    return !this.busy && this.kept === null;
  }

  /** Takes in what comes next. */
  take(argument: A): IoPromise<T> {
    if (this.busy || this.kept !== null) return this.takeLate(argument);
    const call = new Call(this, argument);
    this.call = call;
    this.busy = true;
    this.given = argument;
    call.promise = this.begin(argument).then(this.arrive, this.fail);
    return expose(call);
  }

  /** Takes what was kept, or what is under way for somebody who gave up. */
  private takeLate(argument: A): IoPromise<T> {
    if (this.call !== null) return this.refuse(this.call);
    const call = new Call(this, argument);
    call.settler = Promise.withResolvers();
    call.promise = call.settler.promise;
    if (this.kept !== null) this.serve(call);
    else {
      this.call = call;
      this.host.ref();
    }
    return expose(call);
  }

  private arrived(result: R): T {
    this.busy = false;
    const value = this.convert(result);
    const { call } = this;
    if (call === null || this.late || this.kept !== null) {
      return this.sort({ value: this.pack(value, this.given!) });
    }
    this.call = null;
    this.given = null;
    call.settle(value);
    return value;
  }

  private failed(cause: unknown): T {
    this.busy = false;
    const error = this.wrap(cause);
    const { call } = this;
    if (call === null || this.late || this.kept !== null) return this.sort({ error });
    this.call = null;
    this.given = null;
    call.fail(error);
    throw error;
  }

  /** Keeps what came; serves who waits. Gives what the promise of the operation settles with. */
  private sort(came: Kept<P>): T {
    const { call, late } = this;
    this.call = null;
    this.given = null;
    this.late = false;
    (this.kept ??= []).push(came);
    if (late) this.host.ref();
    if (this.target.gone !== null && call === null) this.clear();
    const served = call === null ? null : this.serve(call);
    if (late || served === null) throw this.abandoned;
    if ("error" in served) throw served.error;
    return served.value;
  }

  /** Gives a call what was kept first. */
  private serve(call: Call<A, T>): Kept<T> {
    const kept = this.kept!;
    const first = kept.shift()!;
    if (kept.length === 0) this.kept = null;
    if ("error" in first) {
      call.fail(first.error);
      return first;
    }
    const value = this.unpack(first.value, call.argument);
    call.settle(value);
    return { value };
  }

  /** Keeps something as the first. */
  protected putFirst(first: Kept<P>): void {
    this.kept = [first, ...this.kept ?? []];
  }

  desert(_call: Call<A, T>): void {
    this.call = null;
    this.late = true;
    this.host.unref(); // a program does not go on for what nobody waits for
  }

  putBack(call: Call<A, T>, failed: boolean, outcome: unknown): void {
    const { argument } = call;
    this.putFirst(failed ? { error: outcome } : { value: this.pack(outcome as T, argument) });
    if (this.target.gone !== null) this.clear();
  }

  /** Discards what was kept: the target is gone. */
  clear(): void {
    for (const each of this.kept ?? []) if ("value" in each) this.discard(each.value);
    this.kept = null;
  }
}
