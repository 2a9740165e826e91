// Copyright 2026 the Tendril authors. MIT license.
// @ts-types="./binary_search_tree.d.ts"
export * from "npm:deno-std@1.4.0/data_structures/binary_search_tree.js";
