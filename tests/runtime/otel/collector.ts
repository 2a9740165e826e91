// Copyright 2026 the Tendril authors. MIT license.
import { assertEquals } from "@std/assert";

type Value = { stringValue?: string; doubleValue?: number; intValue?: string; boolValue?: boolean };
type Attribute = { key: string; value: Value };

/** A span as OTLP has it in JSON. */
export interface OtlpSpan {
  name: string;
  spanId: string;
  traceId: string;
  parentSpanId: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Attribute[];
  events: { name: string; attributes: Attribute[] }[];
  status: { code: number; message: string };
}

/** A point of a metric. */
export interface OtlpPoint {
  attributes: Attribute[];
  asDouble?: number;
  asInt?: string;
  count?: number;
}

interface OtlpMetric {
  name: string;
  sum?: { dataPoints: OtlpPoint[] };
  gauge?: { dataPoints: OtlpPoint[] };
  histogram?: { dataPoints: OtlpPoint[] };
}

/** The value of an attribute. */
export function attribute(of: { attributes: Attribute[] }, key: string): unknown {
  const value = of.attributes.find((each) => each.key === key)?.value;
  return value === undefined ? undefined : Object.values(value)[0];
}

/** What a program exported. */
export class Collected {
  readonly spans: OtlpSpan[] = [];
  readonly metrics: OtlpMetric[] = [];

  /** The span of this name; there has to be one. */
  span(name: string): OtlpSpan {
    const found = this.spans.filter((span) => span.name === name);
    assertEquals(found.length, 1, `spans "${name}" among ${this.spans.map((each) => each.name)}`);
    return found[0]!;
  }

  /** The name of the span above another. */
  above(name: string): string | undefined {
    const { parentSpanId } = this.span(name);
    return this.spans.find(({ spanId }) => spanId === parentSpanId)?.name;
  }

  /** The points of a metric that were exported last. */
  points(name: string): OtlpPoint[] {
    const last = this.metrics.findLast((metric) => metric.name === name);
    return (last?.sum ?? last?.gauge ?? last?.histogram)?.dataPoints ?? [];
  }

  /** Takes what was sent to an address of the protocol. */
  // What comes is the exporter's affair; what the tests use of it is stated above.
  // deno-lint-ignore no-explicit-any
  add(path: string, body: any): void {
    for (const { scopeSpans } of body.resourceSpans ?? []) {
      for (const { spans } of scopeSpans) this.spans.push(...spans);
    }
    for (const { scopeMetrics } of path === "/v1/metrics" ? body.resourceMetrics : []) {
      for (const { metrics } of scopeMetrics) this.metrics.push(...metrics);
    }
  }
}

/** Runs a program under Deno's exporter, which sends to a socket of this process, until there are metrics. */
export async function collect(program: URL): Promise<Collected> {
  const collected = new Collected();
  const observed = Promise.withResolvers<void>();
  const address = { port: 0, hostname: "127.0.0.1", onListen() {} };
  await using server = Deno.serve(address, async (request) => {
    collected.add(new URL(request.url).pathname, await request.json());
    if (collected.points("tendril.greenlets.alive").length > 0) observed.resolve();
    return Response.json({});
  });
  await using child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", program.pathname],
    env: {
      OTEL_DENO: "true",
      OTEL_METRIC_EXPORT_INTERVAL: "20",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.addr.port}`,
    },
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  await Promise.race([observed.promise, output]);
  await child.stdin.close();
  const { success, stderr } = await output;
  assertEquals(success, true, new TextDecoder().decode(stderr));
  return collected;
}
