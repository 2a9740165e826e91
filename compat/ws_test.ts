// Copyright 2026 the Tendril authors. MIT license.
// ws stands on node:http and node:net, at both ends here.

import { type EventEmitter, once } from "node:events";
import { WebSocket, WebSocketServer } from "ws";
import { Gate } from "./gate.ts";
import { prove } from "./prove.ts";

/** What the tests use of a socket; the package brings no types. */
interface NodeSocket extends EventEmitter {
  send(data: unknown, options: { binary: boolean }): void;
}

prove("ws", async () => {
  const gate = new Gate();
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.on("connection", (socket: NodeSocket) => {
    socket.on("message", async (data: unknown, isBinary: boolean) => {
      if (`${data}` === "slow") await gate.enter(once(socket, "close"));
      socket.send(data, { binary: isBinary });
    });
  });
  const ask = async (message: string | Uint8Array, options = {}) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, options);
    try {
      await once(socket, "open");
      socket.send(message);
      const [data, isBinary] = await once(socket, "message");
      return [isBinary, `${data}`];
    } finally {
      socket.terminate();
    }
  };
  return {
    results: async () => [
      await ask("hello"),
      await ask(new Uint8Array([65, 66])),
      await ask("a".repeat(100_000), { perMessageDeflate: true }),
      await Promise.all(["1", "2", "3"].map((message) => ask(message))),
    ],
    slow: () => ask("slow"),
    arrived: (count) => gate.inside.reaches(count),
    release: () => gate.open(),
    gone: () => gate.gone.reaches(1),
    reason: `socket 127.0.0.1:${port}`,
    async close() {
      gate.open();
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, "close");
    },
  };
});
