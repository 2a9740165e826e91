// Copyright 2026 the Tendril authors. MIT license.
// The chapter on sockets: its programs over real sockets of this machine.

import { assertEquals } from "@std/assert";
import { RunningProgram } from "./program.ts";

/** Starts a server on a free port and gives that. */
async function portOf(server: RunningProgram): Promise<string> {
  return (await server.readLine()).replace("Listening on port ", "");
}

Deno.test("echo_server answers 400 echo_clients, and ends by Ctrl-C", async () => {
  await using server = new RunningProgram("sockets/echo_server.ts", ["0"]);
  await using clients = new RunningProgram("sockets/echo_clients.ts", [await portOf(server)]);
  assertEquals(await clients.end(), { rest: "400 clients got 4000 right answers\n", code: 0 });
  const { rest, code } = await server.end("SIGINT");
  assertEquals(rest.match(/ came\n/g)?.length, 400);
  assertEquals(code, 130);
});

Deno.test("typing_client sends what is typed until somebody types q", async () => {
  await using server = new RunningProgram("sockets/echo_server.ts", ["0"]);
  await using client = new RunningProgram("sockets/typing_client.ts", [await portOf(server)]);
  for (const text of ["hello", "again"]) {
    await client.readUntil("client: ");
    await client.type(text);
    assertEquals(await client.readLine(), text.toUpperCase());
  }
  await client.type("");
  await client.readUntil("client: ");
  await client.type("q");
  await server.readUntil(" left\n");
  assertEquals(await client.end(), { rest: "client: ", code: 0 });
});

Deno.test("process_server gives each client a process, and ends by Ctrl-C", async () => {
  await using server = new RunningProgram("sockets/process_server.ts", ["0"]);
  const port = await portOf(server);
  const buffer = new Uint8Array(100);
  const clients: Deno.TcpConn[] = [];
  for (const number of [1, 2, 3]) {
    const client = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
    clients.push(client);
    await client.write(new TextEncoder().encode(`client ${number}`));
    const size = await client.read(buffer);
    assertEquals(new TextDecoder().decode(buffer.subarray(0, size!)), `CLIENT ${number}`);
    assertEquals((await server.readLine()).split(" came, ")[1], `Process-${number} serves it`);
  }
  clients.pop()!.close();
  await server.readUntil(" left\n");
  assertEquals((await server.end("SIGINT")).code, 130);
  for (const client of clients) client.close();
});

Deno.test("udp_chat shows one what the other types", async () => {
  const [ann, bob] = [await freePort(), await freePort()];
  await using one = new RunningProgram("sockets/udp_chat.ts", [ann, bob]);
  await using two = new RunningProgram("sockets/udp_chat.ts", [bob, ann]);
  assertEquals(await one.readLine(), `Here is ${ann}; type, and ${bob} reads it`);
  await two.readLine();
  await one.type("hello Bob");
  assertEquals(await two.readLine(), `>>>${ann}: hello Bob`);
  await two.type("hello Ann");
  assertEquals(await one.readLine(), `>>>${bob}: hello Ann`);
  await one.type("");
  assertEquals(await one.end(), { rest: "", code: 0 });
  assertEquals(await two.end(), { rest: "", code: 0 });
});

async function freePort(): Promise<string> {
  const { createSocket } = await import("node:dgram");
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return String(port);
}
