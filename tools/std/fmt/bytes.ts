// Copyright 2026 the Tendril authors. MIT license.
// @ts-types="./bytes.d.ts"
export * from "npm:deno-std@1.4.0/fmt/bytes.js";
