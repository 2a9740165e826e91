// Copyright 2026 the Tendril authors. MIT license.
// The classes of the host that are seen only by their objects.

import fs from "node:fs/promises";
import { cert, key } from "../io/sockets.ts";

/** Their prototypes, by the name under which they are patched. */
export const prototypes = new Map<string, object>();

/** Notes the class of an object, or that from which it inherits a method. */
function note(name: string, object: object, method?: string): void {
  let prototype = Object.getPrototypeOf(object);
  while (method !== undefined && !Object.hasOwn(prototype, method)) {
    prototype = Object.getPrototypeOf(prototype);
  }
  prototypes.set(`${name}.prototype`, prototype);
}

const local = { hostname: "127.0.0.1", port: 0 } as const;
using listener = Deno.listen(local);
note("Deno.Listener", listener, "accept");
using tlsListener = Deno.listenTls({ ...local, cert, key });
note("Deno.TlsListener", tlsListener, "accept");
const [conn, peer] = await Promise.all([
  Deno.connect({ ...local, port: listener.addr.port }),
  listener.accept(),
]);
note("Deno.Conn", conn, "read");
note("Deno.TlsConn", await Deno.startTls(conn), "handshake");
peer.close();
if ("listenDatagram" in Deno) {
  const socket = Deno.listenDatagram({ ...local, transport: "udp" });
  note("Deno.DatagramConn", socket);
  socket.close();
}
const folder = Deno.makeTempDirSync();
using watcher = Deno.watchFs(folder);
note("Deno.FsWatcher", watcher);
Deno.removeSync(folder);
const file = await fs.open(".");
note("node:fs/promises.FileHandle", file);
await file.close();
const timer = setTimeout(() => {});
note("Timeout", timer as unknown as object);
clearTimeout(timer);
const immediate = setImmediate(() => {});
note("Immediate", immediate);
clearImmediate(immediate);
