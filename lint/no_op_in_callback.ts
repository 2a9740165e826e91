// Copyright 2026 the Tendril authors. MIT license.
/**
 * The rule against operations in functions that cannot wait for them.
 *
 * @module
 */
import { colorOf, lossOf, rule } from "./places.ts";
import { kindOf, shapeOf } from "./shapes.ts";

/**
 * `tendril/no-op-in-callback`: a blocking call in a plain function, which cannot wait, so that the
 * operation never begins.
 *
 * @example Bad
 * ```ts ignore
 * function* work(channel: Channel<number>) {
 *   [1, 2, 3].forEach((n) => channel.send(n));
 *   setTimeout(() => channel.send(4), 10);
 * }
 * ```
 *
 * @example Good
 * ```ts ignore
 * function* work(channel: Channel<number>) {
 *   for (const n of [1, 2, 3]) yield* channel.send(n);
 *   spawnLater(10, () => channel.send(4));
 * }
 * ```
 */
export const noOpInCallback: Deno.lint.Rule = rule((context) => ({
  CallExpression(call) {
    const loss = lossOf(call);
    if (loss === null || colorOf(call) !== "plain") return;
    const kind = kindOf(shapeOf(call));
    if (kind !== "Op" && kind !== "Coroutine") return;
    context.report({
      node: call,
      message: "A plain function cannot wait, so this operation never begins",
      hint:
        "Write a loop or a generator function around it, spawn() it, or take the variant that " +
        "does not wait",
    });
  },
}));
