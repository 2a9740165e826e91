// Copyright 2026 the Tendril authors. MIT license.
// The price of starting Deno without importing anything.
export {};
