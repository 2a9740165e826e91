// Copyright 2026 the Tendril authors. MIT license.
/**
 * The mailbox in the memory between a pool and a worker. A worker that has nothing to do waits at it for a
 * moment before it goes back to its event loop: a small call that is put there reaches it in a fraction
 * of the time that a message takes, and so does its answer.
 *
 * Invariants:
 * - The word STATE is AWAY, WAITING or MAIL. The worker makes it WAITING, and AWAY again; the pool turns
 *   WAITING into MAIL, when the mail is complete, or into AWAY, when a message is on its way.
 * - POSTED counts the messages, READ those that the worker had read when it said that it waits. The pool
 *   counts one before it looks whether the worker waits; the worker says that it waits before it looks
 *   whether it has read all. So it never waits beside a message, and mail never overtakes one.
 * - The word ANSWER is NONE from the mail on until the worker has answered: with READY, or with ELSEWHERE
 *   when the answer is a message. A worker says that it waits again before it answers, so that it is there
 *   when the next call comes. It has to come back then: nobody else looks for what lies in the box.
 *
 * @module
 */
import { CONTROL_WORDS } from "./control.ts";
import { decode } from "./shared/decode.ts";
import { encode, scratchWords } from "./shared/encode.ts";

const STATE = CONTROL_WORDS;
const POSTED = CONTROL_WORDS + 1;
const READ = CONTROL_WORDS + 2;
const ANSWER = CONTROL_WORDS + 3;
const LENGTH = CONTROL_WORDS + 4;
/** Where the mail lies, and after that the answer. */
const BOX = CONTROL_WORDS + 5;
const BOX_WORDS = 128;
/** How many words of memory a pool and a worker share. */
export const SHARED_WORDS = BOX + BOX_WORDS;

// Of STATE.
const AWAY = 0;
const WAITING = 1;
const MAIL = 2;
// Of ANSWER.
const NONE = 0;
const READY = 1;
const ELSEWHERE = 2;

/** How long a worker waits at the box, in milliseconds. */
const PATIENCE = 2;
/** Strings up to this length may go by mail. */
const SHORT = 100;

/** Makes the memory that a pool and a worker share. */
export function makeControl(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(SHARED_WORDS * 4));
}

function isSmall(value: unknown): boolean {
  switch (typeof value) {
    case "number":
    case "boolean":
    case "undefined":
      return true;
    case "string":
      return value.length <= SHORT;
    default:
      return value === null;
  }
}

/** Writes a value that is small enough to be looked at; false when there is no room for it. */
function write(control: Int32Array, value: unknown): boolean {
  const length = encode(value);
  const words = length + 3 >> 2;
  if (words > BOX_WORDS) return false;
  for (let at = 0; at < words; at++) control[BOX + at] = scratchWords[at]!;
  control[LENGTH] = words;
  return true;
}

const letter = new Int32Array(BOX_WORDS);
const letterBytes = new Uint8Array(letter.buffer);

function read(control: Int32Array): unknown {
  const words = control[LENGTH]!;
  for (let at = 0; at < words; at++) letter[at] = control[BOX + at]!;
  return decode(letterBytes);
}

/** A call that comes by mail. */
export type Mail = [fn: number, item: number, args: readonly unknown[]];

/** An answer to one. */
export type Answer = [value: unknown, elapsed: number];

/**
 * Puts a call into the box of a worker that waits at it; false when it has to go as a message. `answered`
 * is called with the answer, unless that is a message.
 */
export function putMail(
  control: Int32Array<SharedArrayBuffer>,
  mail: Mail,
  answered: (answer: Answer) => void,
): boolean {
  const args = mail[2];
  if (Atomics.load(control, STATE) !== WAITING || args.length > 8) return false;
  if (Atomics.load(control, READ) !== Atomics.load(control, POSTED)) return false;
  for (const arg of args) if (!isSmall(arg)) return false;
  if (!write(control, mail)) return false;
  Atomics.store(control, ANSWER, NONE);
  if (Atomics.compareExchange(control, STATE, WAITING, MAIL) !== WAITING) return false;
  const answer = Atomics.waitAsync(control, ANSWER, NONE);
  Atomics.notify(control, STATE);
  const take = () => {
    if (Atomics.load(control, ANSWER) === READY) answered(read(control) as Answer);
  };
  if (answer.async) answer.value.then(take);
  else queueMicrotask(take);
  return true;
}

/** Gives up waiting for an answer: the worker is gone. */
export function giveUpAnswer(control: Int32Array): void {
  Atomics.store(control, ANSWER, ELSEWHERE);
  Atomics.notify(control, ANSWER);
}

/** Counts a message that is about to be sent. */
export function countPosted(control: Int32Array): void {
  Atomics.add(control, POSTED, 1);
}

/** Sends a worker that waits at the box to its messages. */
export function wakeForMessage(control: Int32Array): void {
  if (Atomics.compareExchange(control, STATE, WAITING, AWAY) === WAITING) {
    Atomics.notify(control, STATE);
  }
}

/** Waits at the box for a moment, in the worker; `null` when nothing came, or a message did. */
export function waitForMail(control: Int32Array, messages: number): Mail | null {
  Atomics.store(control, READ, messages);
  Atomics.compareExchange(control, STATE, AWAY, WAITING); // it may wait, or even have mail, since it answered
  if (Atomics.load(control, POSTED) === messages) Atomics.wait(control, STATE, WAITING, PATIENCE);
  if (Atomics.compareExchange(control, STATE, WAITING, AWAY) !== MAIL) return null;
  const mail = read(control) as Mail;
  Atomics.store(control, STATE, AWAY);
  return mail;
}

/** Answers a call that came by mail, in the worker; false when the answer has to be a message. */
export function answerMail(control: Int32Array, answer: Answer, waitsAgain: boolean): boolean {
  if (!isSmall(answer[0]) || !write(control, answer)) return false;
  if (waitsAgain) Atomics.store(control, STATE, WAITING);
  Atomics.store(control, ANSWER, READY);
  Atomics.notify(control, ANSWER);
  return true;
}

/** Tells that the answer to a call that came by mail is a message. */
export function answerElsewhere(control: Int32Array): void {
  Atomics.store(control, ANSWER, ELSEWHERE);
  Atomics.notify(control, ANSWER);
}
