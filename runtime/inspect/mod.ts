// Copyright 2026 the Tendril authors. MIT license.
/**
 * Seeing what a program does: a dump of who waits for what, a trace file, a live page, and a check that
 * nobody holds the isolate.
 *
 * @module
 */
export { dump, type DumpOptions, GreenletTree } from "../tree.ts";
export {
  assertYields,
  type AssertYieldsOptions,
  HeldIsolateError,
  YieldGuard,
} from "./assert_yields.ts";
export { Trace, traceTo } from "./trace_to.ts";
export { Inspector, inspector, type InspectorOptions } from "./inspector/mod.ts";
