// Copyright 2026 the Tendril authors. MIT license.
// @ts-types="./comparators.d.ts"
export * from "npm:deno-std@1.4.0/data_structures/comparators.js";
