// Copyright 2026 the Tendril authors. MIT license.
/**
 * The global `WebSocket`. It is driven by events, so it belongs to the greenlet that made it, see `hold`:
 * a kill closes it.
 *
 * @module
 */
import { outsideGreenlets } from "../async_frame.ts";
import { insideGreenlet } from "./call.ts";
import { hold } from "./hold.ts";
import { define, type Wrap } from "./registry.ts";

const webSocket: Wrap = (original) =>
  new Proxy(original, {
    construct(target, args, newTarget) {
      const socket: WebSocket = Reflect.construct(target, args, newTarget);
      if (!insideGreenlet()) return socket;
      const held = hold(() => `WebSocket ${socket.url}`, () =>
        outsideGreenlets(() => socket.close()));
      socket.addEventListener("close", () =>
        held.over(), { once: true });
      return socket;
    },
  });

define("webSocket", "WebSocket", () => globalThis, "WebSocket", webSocket);
