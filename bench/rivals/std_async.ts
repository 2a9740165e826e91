// Copyright 2026 the Tendril authors. MIT license.
import { pooledMap } from "@std/async/pool";

/** `pool_map`. */
export async function mapItems(items: number[], limit: number): Promise<number[]> {
  return await Array.fromAsync(pooledMap(limit, items, double));
}

async function double(item: number): Promise<number> {
  await undefined;
  return item * 2;
}
