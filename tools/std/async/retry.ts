// Copyright 2026 the Tendril authors. MIT license.
// @ts-types="./retry.d.ts"
export * from "npm:deno-std@1.4.0/async/retry.js";
