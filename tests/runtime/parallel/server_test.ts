// Copyright 2026 the Tendril authors. MIT license.
/** The worker's side alone: what it says to which messages. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { makeControl } from "../../../runtime/parallel/mail.ts";
import type { Definition } from "../../../runtime/parallel/load.ts";
import * as protocol from "../../../runtime/parallel/protocol.ts";
import type { FromWorker } from "../../../runtime/parallel/protocol.ts";
import { Server } from "../../../runtime/parallel/server.ts";
import { until } from "./helpers.ts";

const SOURCE: Definition = { name: "double", source: "(n) => n * 2" };

/** What `pack` makes of a list with handles of a kind that is not known here. */
const UNKNOWN = {
  $tendril: "wrapped",
  value: [1, { $tendril: "token", value: { kind: "Nonsense" } }, 3],
};

/** A server that has begun, and what it says. */
async function begun(): Promise<{ server: Server; said: FromWorker[] }> {
  const said: FromWorker[] = [];
  const server = new Server({
    moves: false,
    hasMailbox: false,
    post: (message) => said.push(structuredClone(message)),
    leave() {},
  }, makeControl());
  await server.begin(undefined, []);
  return { server, said };
}

Deno.test("arguments that cannot be unpacked fail each item of their message, and no other", async () => {
  const { server, said } = await begun();
  server.receive([protocol.DEFINE, 0, SOURCE]);
  server.receive([protocol.RUN, 0, 0, protocol.ONE_ARGUMENT, UNKNOWN, undefined]);
  server.receive([protocol.RUN, 0, 3, protocol.ONE_ARGUMENT, [4], undefined]);
  // A worker that is slow tells of one run in several messages.
  const outcomes = () => said.filter((message) => message[0] === protocol.OUTCOMES);
  await until(() => outcomes().at(-1)?.[1] === 3);
  const told = outcomes();
  const fine = told.pop()!;
  assertEquals(fine.slice(0, 5), [protocol.OUTCOMES, 3, [8], null, null]);
  const failures = told.flatMap(([, first, , failures]) =>
    failures!.map(([place, { message }]) => [first + place, message])
  );
  assertEquals(failures.map(([item]) => item), [0, 1, 2]);
  for (const [, message] of failures) {
    assertStringIncludes(message as string, 'Cannot unpack a "Nonsense"');
  }
});

Deno.test("items wait for the function of those before them", async () => {
  const { server, said } = await begun();
  const slow =
    "data:text/javascript,await new Promise(r=>setTimeout(r,5));export const f=()=>'slow'";
  server.receive([protocol.DEFINE, 0, { name: "f", module: slow }]);
  server.receive([protocol.DEFINE, 1, SOURCE]);
  server.receive([protocol.RUN, 0, 0, protocol.ONE_ARGUMENT, [1], undefined]);
  server.receive([protocol.RUN, 1, 1, protocol.ONE_ARGUMENT, [1], undefined]);
  await until(() => said.length >= 3);
  assertEquals(said.slice(1).map((message) => message.slice(0, 3)), [
    [protocol.OUTCOMES, 0, ["slow"]],
    [protocol.OUTCOMES, 1, [2]],
  ]);
});

Deno.test("items that were taken back are not run, and those sent after that are", async () => {
  const { server, said } = await begun();
  server.receive([protocol.DEFINE, 0, { name: "nowhere", module: "data:text/javascript,throw 1" }]);
  server.receive([protocol.RUN, 0, 0, protocol.ONE_ARGUMENT, [1, 2], undefined]);
  server.receive([protocol.RESUME, 0]);
  server.receive([protocol.DEFINE, 1, SOURCE]);
  server.receive([protocol.RUN, 1, 0, protocol.ONE_ARGUMENT, [1, 2], undefined]);
  await until(() => said.length >= 2);
  assertEquals(said.slice(1).map((message) => message.slice(0, 3)), [
    [protocol.OUTCOMES, 0, [2, 4]],
  ]);
});

Deno.test("what has left says nothing more", async () => {
  const { server, said } = await begun();
  server.receive([protocol.LEAVE]);
  server.receive([protocol.DEFINE, 0, SOURCE]);
  server.receive([protocol.RUN, 0, 0, protocol.ONE_ARGUMENT, [1], undefined]);
  server.stray(new Error("late"));
  await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(said.slice(1), [[protocol.LEAVING, "it was told to", undefined, 0]]);
});
