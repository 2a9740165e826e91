// Copyright 2026 the Tendril authors. MIT license.
// Not the package's own mod.js: that one, and channel.js, import a folder the package does not have.
export * from "./abortable.ts";
export * from "./deadline.ts";
export * from "./delay.ts";
export * from "./mux_async_iterator.ts";
export * from "./pool.ts";
export * from "./retry.ts";
export * from "./tee.ts";
