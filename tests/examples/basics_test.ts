// Copyright 2026 the Tendril authors. MIT license.
// The small examples as processes of their own, without permissions: what they print.

import { assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

/** Runs an example and gives the lines it printed. */
async function linesOf(example: string, ...flags: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...flags, `examples/${example}`],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

Deno.test("hello_switch prints what greenlet's programs print", async () => {
  assertEquals(await linesOf("hello_switch.ts"), [
    "Two greenlets in turn:",
    "---A--",
    "---B--",
    "---A--",
    "---B--",
    "---A--",
    "---B--",
    "gr1 has ended: true",
    "Values to and fro:",
    "doubler got 1",
    "main got 2",
    "doubler got 2",
    "main got 4",
    "doubler got 4",
    "main got 8",
    "main got enough",
    "Generators in turn:",
    "----work1---",
    "----work2---",
    "----work1---",
    "----work2---",
    "----work1---",
    "----work2---",
  ]);
});

/** What gevent_basics prints before the greenlets that wait as long as they like. */
const IN_ORDER = [
  "Nobody waits, so they run one after another:",
  ...["g1 0", "g1 1", "g1 2", "g2 0", "g2 1", "g2 2", "g3 0", "g3 1", "g3 2"],
  "Each waits after every step, so they take turns:",
  ...["g1 0", "g2 0", "g3 0", "g1 1", "g2 1", "g3 1", "g1 2", "g2 2", "g3 2"],
  "Each waits as long as it likes:",
];

Deno.test("gevent_basics prints what gevent's programs print", async () => {
  const lines = await linesOf("gevent_basics.ts");
  assertEquals(lines.slice(0, IN_ORDER.length), IN_ORDER);
  const rest = lines.slice(IN_ORDER.length);
  // On a busy machine the waits are longer than they should be, which may change the order.
  assertEquals(rest.slice(0, 2), ["work1 0", "work2 0"]);
  for (const name of ["work1", "work2"]) {
    const own = rest.filter((line) => line.startsWith(name));
    assertEquals(own, Array.from({ length: 10 }, (_, i) => `${name} ${i}`));
  }
  assertEquals(rest.length, 20);
});

Deno.test("gevent_basics prints the same on a clock that is always right", async () => {
  const lines = await linesOf("gevent_basics.ts", "--preload=tests/examples/virtual_clock.ts");
  const order = [1, 2, 1, 2, 1, 2, 2, 1, 2, 1, 2, 2, 2, 1, 1, 1, 2, 1, 2, 1];
  const steps = new Map<number, number>();
  const rest = order.map((work) => {
    const step = steps.get(work) ?? 0;
    steps.set(work, step + 1);
    return `work${work} ${step}`;
  });
  assertEquals(lines, [...IN_ORDER, ...rest]);
});
