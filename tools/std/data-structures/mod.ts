// Copyright 2026 the Tendril authors. MIT license.
export * from "./binary_heap.ts";
export * from "./binary_search_tree.ts";
export * from "./comparators.ts";
export * from "./deque.ts";
export * from "./red_black_tree.ts";
