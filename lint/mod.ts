// Copyright 2026 the Tendril authors. MIT license.
/**
 * Rules for `deno lint` that find the mistakes people make with Tendril: a forgotten `yield*`, an
 * operation that nobody waits for, a lock that is never released. Name the plugin in `deno.json`:
 *
 * ```json
 * { "lint": { "plugins": ["jsr:@tendril/tendril/lint"] } }
 * ```
 *
 * All rules are on. `"rules": { "exclude": ["tendril/no-generator-in-loop"] }` beside the plugins turns
 * one off, and `// deno-lint-ignore tendril/no-lost-op` lets one line through. Rules see one file at a
 * time and no types: they speak only where the file itself shows what a value is.
 *
 * @module
 */
import { noAwaitInGreenlet } from "./no_await_in_greenlet.ts";
import { noGeneratorInLoop } from "./no_generator_in_loop.ts";
import { noLostOp } from "./no_lost_op.ts";
import { noOpInCallback } from "./no_op_in_callback.ts";
import { releaseLease } from "./release_lease.ts";
import { yieldStar } from "./yield_star.ts";

/**
 * The plugin.
 *
 * @example Usage
 * ```ts
 * import plugin from "@tendril/tendril/lint";
 * import { assertEquals } from "@std/assert";
 *
 * const source = `import { sleep } from "@tendril/tendril";
 * function* greet() {
 *   sleep(1);
 * }`;
 * const findings = Deno.lint.runPlugin(plugin, "greet.ts", source);
 * assertEquals(findings.map(({ id }) => id), ["tendril/no-lost-op"]);
 * ```
 */
const plugin: Deno.lint.Plugin = {
  name: "tendril",
  rules: {
    "no-await-in-greenlet": noAwaitInGreenlet,
    "no-generator-in-loop": noGeneratorInLoop,
    "no-lost-op": noLostOp,
    "no-op-in-callback": noOpInCallback,
    "release-lease": releaseLease,
    "yield-star": yieldStar,
  },
};

export default plugin;
