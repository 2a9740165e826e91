// Copyright 2026 the Tendril authors. MIT license.
export function ascend<T>(a: T, b: T): number;
export function descend<T>(a: T, b: T): number;
