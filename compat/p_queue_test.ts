// Copyright 2026 the Tendril authors. MIT license.
// p-queue stands on timers and promises; what it runs here are requests.

import PQueue from "p-queue";
import { EchoServer } from "./gate.ts";
import { prove } from "./prove.ts";

prove("p-queue", async () => {
  const server = await EchoServer.start();
  const { gate, url } = server;
  const queue = new PQueue({ concurrency: 5 });
  const get = async (path: string) => (await fetch(url + path)).text();
  return {
    async results() {
      const log: number[] = [];
      const ordered = new PQueue({ concurrency: 1 });
      const tasks = [1, 2, 3].map((priority) =>
        ordered.add(async () => {
          log.push(priority);
          return await get(`/${priority}`);
        }, { priority })
      );
      const limited = new PQueue({ concurrency: 2, interval: 10, intervalCap: 1 });
      const rest = limited.addAll([() => get("/4"), () => get("/5")]);
      const failing = ordered.add(() => Promise.reject(new RangeError("no")), { priority: 9 });
      return [
        await failing.catch(String),
        await Promise.all(tasks),
        await rest,
        log,
        await ordered.onIdle(),
      ];
    },
    slow: () => queue.add(() => get("/slow")),
    arrived: (count) => gate.inside.reaches(count),
    release: () => gate.open(),
    gone: () => gate.gone.reaches(1),
    reason: `fetch ${url}/slow`,
    close: () => server[Symbol.asyncDispose](),
  };
});
