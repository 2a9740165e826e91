// Copyright 2026 the Tendril authors. MIT license.
/**
 * Cooperative IO under the usual names. What these functions return is a real promise that a greenlet
 * can also `yield*`; when the greenlet that waits is killed or timed out, the operation is ended.
 *
 * ```ts
 * import { run } from "@tendril/tendril";
 * import { readTextFile } from "@tendril/tendril/io";
 *
 * const size = await run(function* () {
 *   return (yield* readTextFile("README.md")).length;
 * });
 * console.log(size > 0);
 * ```
 *
 * @module
 */
export {
  connect,
  type ConnectOptions,
  connectTls,
  type ConnectTlsOptions,
  startTls,
} from "./connect.ts";
export { Connection, TcpConnection, TlsConnection } from "./connection.ts";
export {
  type DatagramOptions,
  DatagramSocket,
  listenDatagram,
  type UnixDatagramOptions,
} from "./datagram.ts";
export { DatagramServer, type MessageHandler } from "./datagram_server.ts";
export { type DnsRecord, type DnsRecords, resolveDns } from "./dns.ts";
export { ByteStream } from "./body.ts";
export { CooperativeResponse, fetch } from "./fetch.ts";
export type { Path } from "./disk.ts";
export { create, File, open } from "./file.ts";
export {
  chmod,
  chown,
  copyFile,
  link,
  lstat,
  makeTempDir,
  makeTempFile,
  mkdir,
  readDir,
  readFile,
  readLink,
  readTextFile,
  realPath,
  remove,
  rename,
  stat,
  symlink,
  truncate,
  utime,
  watchFs,
  writeFile,
  writeTextFile,
} from "./fs.ts";
export { Feed } from "./feed.ts";
export { input } from "./input.ts";
export { listen, Listener, type ListenOptions, listenTls } from "./listen.ts";
export { type ProcessOptions, TimeoutExpired } from "./child.ts";
export { Popen } from "./popen.ts";
export type { IoPromise } from "./promise.ts";
export {
  CalledProcessError,
  checkOutput,
  type CheckOutputOptions,
  type CommandResult,
  runCommand,
  type RunCommandOptions,
} from "./run_command.ts";
export { HttpServer, type RequestHandler, serve, type ServeOptions } from "./serve.ts";
export { Server, type ServerOptions, type ServerSocket, type Work } from "./server.ts";
export { nextSignal, Signals, signals } from "./signals.ts";
export { ByteSink } from "./sink.ts";
export { type ConnectionHandler, StreamServer, type StreamServerAddress } from "./stream_server.ts";
export {
  type Clearable,
  clearInterval,
  clearTimeout,
  Interval,
  setInterval,
  setTimeout,
  Timer,
  TimerClearedError,
} from "./timers.ts";
export type { HostDatagram, UdpOptions } from "./udp.ts";
export { type Closing, type Message, WebSocket, WebSocketClosedError } from "./web_socket.ts";
export { AS_OP, type OpSource } from "../until.ts";
