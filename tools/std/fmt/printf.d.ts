// Copyright 2026 the Tendril authors. MIT license.
export function sprintf(format: string, ...args: unknown[]): string;
export function printf(format: string, ...args: unknown[]): void;
