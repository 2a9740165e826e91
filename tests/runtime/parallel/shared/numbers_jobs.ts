// Copyright 2026 the Tendril authors. MIT license.
// What the workers of the tests of shared numbers do.

import type { SharedArray, SharedValue } from "@tendril/tendril/parallel";

export function addUp(array: SharedArray, value: SharedValue, one: number, times: number): void {
  for (let i = 0; i < times; i++) {
    array.add(1, one);
    value.add(one);
  }
}

export function double(array: SharedArray<"f64">): void {
  for (let i = 0; i < array.length; i++) array.set(i, array.get(i) * 2);
}

export function sum(array: SharedArray<"f64">): number {
  return array.array.reduce((one, other) => one + other);
}
