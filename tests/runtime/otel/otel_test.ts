// Copyright 2026 the Tendril authors. MIT license.
import { assert, assertEquals } from "@std/assert";
import { run, spawnWith } from "@tendril/tendril";
import { contextOf, instrument } from "@tendril/tendril/otel";
import { attribute, collect, type Collected } from "./collector.ts";

let running: Promise<Collected> | undefined;
/** What Deno's exporter sent of otel_program.ts, which is run once. */
function exported(): Promise<Collected> {
  return running ??= collect(new URL("./otel_program.ts", import.meta.url));
}

Deno.test("Deno's exporter sends a span for each greenlet, below the one that spawned it", async () => {
  const seen = await exported();
  assertEquals(seen.above("grandchild"), "child");
  assertEquals(seen.above("child"), "root");
  assertEquals(seen.above("victim"), "root");
  assert(Number(attribute(seen.span("child"), "tendril.greenlet.id")) > 0);
});

Deno.test("the root of a run is below the span that was active", async () => {
  const seen = await exported();
  assertEquals(seen.above("root"), "request");
});

Deno.test("a span of one's own is below that of the greenlet by contextOf()", async () => {
  const seen = await exported();
  assertEquals(seen.above("by hand"), "child");
});

Deno.test("all spans of a run belong to one trace and have ended", async () => {
  const { spans } = await exported();
  const [first] = spans;
  for (const { name, traceId, startTimeUnixNano, endTimeUnixNano } of spans) {
    assertEquals(traceId, first!.traceId, name);
    assert(BigInt(endTimeUnixNano) >= BigInt(startTimeUnixNano), name);
  }
});

Deno.test("Deno's exporter sends a span for each task of a worker, below the greenlet that asked", async () => {
  const seen = await exported();
  assertEquals(seen.above("double"), "asker");
  assertEquals(attribute(seen.span("double"), "tendril.task.worker"), "crew-1");
  assertEquals(seen.span("double").status.code, 0);
});

Deno.test("spans tell how greenlets and tasks failed", async () => {
  const seen = await exported();
  for (const [name, message] of [["bad", "no luck"], ["fail", "cannot double"]] as const) {
    const { status, events } = seen.span(name);
    assertEquals(status, { code: 2, message: `Error: ${message}` });
    const exception = events.find((event) => event.name === "exception");
    assertEquals(attribute(exception!, "exception.message"), message);
  }
});

Deno.test("a span tells that its greenlet was killed", async () => {
  const seen = await exported();
  const victim = seen.span("victim");
  assertEquals(attribute(victim, "tendril.greenlet.killed"), true);
  assertEquals(victim.events.map(({ name }) => name), ["kill"]);
  assertEquals(victim.status.code, 0);
});

Deno.test("Deno's exporter sends the metrics of greenlets and tasks", async () => {
  const seen = await exported();
  const [started] = seen.points("tendril.greenlets.started");
  const { spans } = seen;
  const greenlets = spans.filter((span) => attribute(span, "tendril.greenlet.id") !== undefined);
  assertEquals(started!.asDouble, greenlets.length);
  const ended = seen.points("tendril.greenlets.ended").map((point) => [
    attribute(point, "tendril.outcome"),
    point.asDouble,
  ]);
  assertEquals(Object.fromEntries(ended), { ok: greenlets.length - 2, error: 1, killed: 1 });
  const tasks = seen.points("tendril.tasks.duration").map((point) =>
    `${attribute(point, "tendril.task")} ${attribute(point, "tendril.outcome")} ${point.count}`
  );
  assertEquals(tasks.sort(), ["double ok 1", "fail error 1"]);
  assertEquals(seen.points("tendril.greenlets.alive").length, 1);
  assertEquals(seen.points("tendril.switches").length, 1);
});

Deno.test("instrument() without a provider does nothing, and can be stopped twice", async () => {
  const instrumentation = instrument();
  assertEquals(await run(() => spawnWith({ name: "child" }, () => 1)), 1);
  instrumentation.stop();
  instrumentation.stop();
  assertEquals(contextOf().getValue(Symbol("none")), undefined);
});
