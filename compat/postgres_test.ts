// Copyright 2026 the Tendril authors. MIT license.
// postgres stands on node:net; it keeps connections in a pool.

import postgres from "postgres";
import { polled } from "./gate.ts";
import { findProgram, Program } from "./programs.ts";
import { prove } from "./prove.ts";

const program = findProgram("postgres");
let server: Program;

if (program !== undefined) {
  Deno.test.beforeAll(async () => {
    server = await Program.postgres(program);
  });
  Deno.test.afterAll(() => server.stop());
}

prove("postgres", async () => {
  const { port } = server;
  const options = { host: "127.0.0.1", port, user: "postgres", database: "postgres" };
  const sql = postgres(options);
  const admin = postgres({ ...options, max: 1 });
  await admin`select pg_advisory_lock(1)`;
  const waiting = async (count: number) => {
    const [row] = await admin`
      select count(*)::int as count from pg_stat_activity where wait_event = 'advisory'`;
    return row!.count === count;
  };
  return {
    async results() {
      const numbers = await sql`select * from generate_series(1, 3) as n`;
      const inserted = await sql.begin(async (sql) => {
        await sql`create temp table things (id serial, name text, at date) on commit drop`;
        const things = [{ name: "a", at: new Date(0) }, { name: "b", at: null }];
        return await sql`insert into things ${sql(things)} returning *`;
      });
      const batches: unknown[] = [];
      for await (const rows of sql`select * from generate_series(1, 5) as n`.cursor(2)) {
        batches.push([...rows]);
      }
      return [
        [...numbers],
        [...inserted],
        batches,
        [...await sql`select ${sql.json({ a: [1, null] })} as json, ${[1, 2]}::int[] as list`],
        await sql`select * from nothing`.catch((error) => [error.name, error.code]),
      ];
    },
    async slow() {
      const [row] = await sql`select pg_advisory_lock_shared(1)::text, 'done' as text`;
      return row!.text;
    },
    arrived: (count) => polled(() => waiting(count)),
    release: () => admin`select pg_advisory_unlock(1)`.execute(),
    gone: () => polled(() => waiting(0)),
    reason: `socket 127.0.0.1:${port}`,
    async close() {
      // Without a limit it waits forever for connections that were destroyed.
      await Promise.all([sql.end({ timeout: 0 }), admin.end({ timeout: 0 })]);
      // Its timers end a moment later, and nothing tells.
      await new Promise((resolve) => setTimeout(resolve, 50));
    },
  };
}, program === undefined ? "postgres is not installed" : "");
