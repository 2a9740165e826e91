// Copyright 2026 the Tendril authors. MIT license.
// @ts-types="./red_black_tree.d.ts"
export * from "npm:deno-std@1.4.0/data_structures/red_black_tree.js";
