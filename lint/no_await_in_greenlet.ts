// Copyright 2026 the Tendril authors. MIT license.
/**
 * The rule against operations of a greenlet that a kill of it does not reach.
 *
 * @module
 */
import { type Node, parentOf } from "./names.ts";
import { colorOf, functionAround, inGenerator, isEvent, rule, takerOf } from "./places.ts";
import { calleeOf, kindOf, memberName, shapeOf } from "./shapes.ts";

/**
 * `tendril/no-await-in-greenlet`: an operation of a greenlet that waits as a promise, in an async
 * callback or by `.then()`. The greenlet does not wait for it itself, so a kill or a timeout does not
 * reach it.
 *
 * An async function that is passed to `spawn` and the like is the body of a greenlet, and fine.
 *
 * @example Bad
 * ```ts ignore
 * function* work(channels: Channel<number>[]) {
 *   yield* until(Promise.all(channels.map(async (each) => await each.receive())));
 *   sleep(10).then(() => console.log("late"));
 * }
 * ```
 *
 * @example Good
 * ```ts ignore
 * function* work(channels: Channel<number>[]) {
 *   yield* all(channels.map((each) => each.receive()));
 *   spawnLater(10, () => console.log("late"));
 * }
 * ```
 */
export const noAwaitInGreenlet: Deno.lint.Rule = rule((context) => ({
  AwaitExpression(node) {
    const fn = functionAround(node);
    if (fn === null || fn.generator || !isDetached(fn) || !inGenerator(fn)) return;
    if (!isOp(node.argument)) return;
    context.report({
      node,
      message: "A kill of the greenlet around this callback does not reach what it awaits",
      hint: "Use `yield*` in a loop, all(), or spawn() a generator function",
    });
  },
  MemberExpression(node) {
    if (memberName(node) !== "then" || colorOf(node) !== "generator") return;
    if (!isOp(node.object)) return;
    context.report({
      node,
      message: "A kill of this greenlet does not reach an operation that was made a promise",
      hint: "`yield*` the operation, here or in a greenlet that is spawned for it",
    });
  },
}));

function isOp(node: Node): boolean {
  return kindOf(shapeOf(node)) === "Op";
}

const CALLERS = /^(?:catch|every|filter|finally|find|flatMap|forEach|map|some|then)$/;

/** Whether `fn` runs apart from the greenlet in which it is written. */
function isDetached(fn: Node): boolean {
  const call = parentOf(fn);
  if (call?.type === "CallExpression" && call.callee === fn) return true;
  const taker = takerOf(fn);
  if (taker === null) return false;
  // With more arguments it is something else, such as Pool.map(), which runs `fn` in a greenlet.
  return isEvent(taker) ||
    taker.arguments.length === 1 && CALLERS.test(memberName(calleeOf(taker)) ?? "");
}
