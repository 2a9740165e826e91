// Copyright 2026 the Tendril authors. MIT license.
// @ts-types="./mux_async_iterator.d.ts"
export * from "npm:deno-std@1.4.0/async/mux_async_iterator.js";
