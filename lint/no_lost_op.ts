// Copyright 2026 the Tendril authors. MIT license.
/**
 * The rule against operations that are created and not consumed.
 *
 * @module
 */
import { colorOf, lossOf, rule } from "./places.ts";
import { kindOf, shapeOf } from "./shapes.ts";

/**
 * `tendril/no-lost-op`: an operation that is created and not consumed. It never begins: the greenlet
 * goes on as if it had not been written, and a condition that gets it is always true. Calls that act by
 * themselves, such as `kill` and `spawn`, are let through; of IO, which begins at the call, nobody would
 * see when it ends or that it failed.
 *
 * @example Bad
 * ```ts ignore
 * function* work(channel: Channel<number>) {
 *   sleep(10);
 *   if (channel.receive({ timeout: 10 })) channel.close();
 * }
 * ```
 *
 * @example Good
 * ```ts ignore
 * function* work(channel: Channel<number>) {
 *   yield* sleep(10);
 *   if (yield* channel.receive({ timeout: 10 })) channel.close();
 * }
 * ```
 */
export const noLostOp: Deno.lint.Rule = rule((context) => ({
  CallExpression(call) {
    const loss = lossOf(call);
    if (loss === null || loss === "result") return;
    const color = colorOf(call);
    const kind = kindOf(shapeOf(call));
    const why = color === "plain" ? undefined : reason(kind, color);
    if (why === undefined) return;
    const keyword = color === "generator" ? "yield*" : "await";
    const name = `${context.sourceCode.getText(call.callee)}(…)`;
    context.report({
      node: call,
      message: why,
      hint: `Write \`${keyword} ${name}\`${kind === "Io" ? `, or \`void ${name}\`` : ""}`,
      // `yield*` of a call that was left out by `?.` would throw.
      fix: (fixer) =>
        call.parent.type === "ChainExpression"
          ? []
          : loss === "statement"
          ? fixer.insertTextBefore(call, `${keyword} `)
          : [fixer.insertTextBefore(call, `(${keyword} `), fixer.insertTextAfter(call, ")")],
    });
  },
}));

/** What is wrong when nobody consumes the result of a call; undefined if nothing is. */
function reason(kind: string, color: "generator" | "async"): string | undefined {
  if (kind === "Op") return "This operation never begins, because nobody consumes it";
  if (color === "async") return undefined;
  switch (kind) {
    case "Switch":
      return "Nothing switches here, because nobody consumes the operation";
    case "Io":
      return "Nobody waits until this is done, or sees it fail";
    case "Coroutine":
    case "Generator":
      return "This generator never runs, because nobody consumes it";
  }
}
