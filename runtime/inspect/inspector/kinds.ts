// Copyright 2026 the Tendril authors. MIT license.
/**
 * The kinds of things greenlets wait for: a wait reason without its details, "fetch" for
 * "fetch https://example.org", with a number that stands for it on the wire and for a colour on the page.
 *
 * @module
 */
import type { Op } from "../../op.ts";

/** Kinds beyond this many are one. */
const MOST = 200;
/** Reasons that are remembered; most programs have few. */
const MOST_REASONS = 5_000;

const labels: string[] = [];
const numbers = new Map<string, number>();
const known = new Map<string, number>();

/** The number of what `op` waits for. */
export function kindOf(op: Op<unknown>): number {
  return kindOfReason(readReason(op));
}

/** The reason of a wait; a program's own Op may fail to say it. */
export function readReason(op: Op<unknown>): string {
  try {
    return String(op.reason);
  } catch {
    return "something that does not say what it is";
  }
}

/** The number of the kind of a reason. */
export function kindOfReason(reason: string): number {
  let number = known.get(reason);
  if (number !== undefined) return number;
  if (known.size >= MOST_REASONS) known.clear();
  number = numberOf(labelOf(reason));
  known.set(reason, number);
  return number;
}

/** The label of a kind. */
export function kindLabel(number: number): string {
  return labels[number] ?? "";
}

function numberOf(label: string): number {
  const number = numbers.get(label);
  if (number !== undefined) return number;
  if (labels.length >= MOST) return numberOf(labels.at(-1)!);
  labels.push(labels.length === MOST - 1 ? "other" : label);
  numbers.set(labels.at(-1)!, labels.length - 1);
  return labels.length - 1;
}

/** The words a reason begins with, up to the first name, address or number. */
function labelOf(reason: string): string {
  // What follows these is a name, which may look like a word.
  const alone = /^(join|get|kill|run|resolve|task|select|race|all)\b/.exec(reason);
  const words = alone ?? /^[a-z]+( [a-z]+){0,2}(?= |$)/.exec(reason) ?? /^\S*/.exec(reason)!;
  return words[0].replace(/ (of|for|to|from|at|in|with)$/, "").slice(0, 40);
}
