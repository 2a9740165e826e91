// Copyright 2026 the Tendril authors. MIT license.
// ioredis stands on node:net. Commands that wait need a connection of their own.

import { Redis } from "ioredis";
import { findProgram, Program } from "./programs.ts";
import { prove } from "./prove.ts";
import { polled } from "./gate.ts";

const program = findProgram("redis-server");
let server: Program;

if (program !== undefined) {
  Deno.test.beforeAll(async () => {
    server = await Program.redis(program);
  });
  Deno.test.afterAll(() => server.stop());
}

prove("ioredis", async () => {
  const { port } = server;
  const options = { host: "127.0.0.1", port };
  const redis = new Redis(options);
  const admin = new Redis(options);
  await admin.flushall();
  const blocked = async (count: number) =>
    (await admin.info("clients")).includes(`blocked_clients:${count}\r\n`);
  return {
    async results() {
      await redis.del("a", "b", "c");
      const pipeline = redis.pipeline().set("a", "1").incrby("a", 41).get("a");
      return [
        await pipeline.exec(),
        await redis.multi().hset("b", { one: 1, two: 2 }).hgetall("b").exec(),
        await redis.rpush("c", ..."efg"),
        await Promise.all([redis.lrange("c", 0, -1), redis.getBuffer("a")]),
        await redis.lpop("a").catch((error) => error.message),
      ];
    },
    async slow() {
      // It does not connect again and send the command again, which it does by default.
      const own = redis.duplicate({ retryStrategy: () => null });
      try {
        return await own.blpop("queue", 0);
      } finally {
        own.disconnect();
      }
    },
    arrived: (count) => polled(() => blocked(count)),
    release: () => admin.rpush("queue", ...Array(10).fill("job")),
    gone: () => polled(() => blocked(0)),
    reason: `socket 127.0.0.1:${port}`,
    error: "Error: Connection is closed.",
    async close() {
      await Promise.all([redis.quit(), admin.quit()]);
    },
  };
}, program === undefined ? "redis-server is not installed" : "");
