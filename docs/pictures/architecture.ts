// Copyright 2026 the Tendril authors. MIT license.
/**
 * The picture of docs/architecture.md: the four ways through the code.
 *
 * @module
 */
import { BLUE, escape, frame, GREEN, GREY, ORANGE } from "./lanes.ts";

const PURPLE = "#8c5fb0";

/** What stands in the picture: text, column, row, how many rows high. */
type Box = readonly [text: string, column: number, row: number, rows?: number];

const BOXES: Record<string, Box> = {
  code: ["your generators", 0, 0, 5],
  op: ["Op: next, poll, park, cancel|runtime/op.ts", 1, 0],
  exchange: ["waiting lines, buffers|channels/", 1, 1],
  io: ["promises that yield|runtime/io/", 1, 2],
  pool: ["pool, futures, shared things|runtime/parallel/", 1, 3],
  trampoline: ["trampoline: steps generators|runtime/trampoline.ts", 2, 0],
  ready: ["hub: ready queue, timers|runtime/hub.ts", 2, 1],
  deno: ["Deno: event loop, ops", 2, 2],
  workers: ["workers: threads, processes", 2, 3],
};

/** One way: its colour and the arrows it goes along, each from a box to a box. */
interface Way {
  readonly name: string;
  readonly colour: string;
  readonly arrows: readonly (readonly [string, string, string])[];
}

const WAYS: readonly Way[] = [
  {
    name: "a switch",
    colour: BLUE,
    arrows: [["code", "op", "yield* g.switch(v)"], ["op", "trampoline", "TRANSFER"]],
  },
  {
    name: "an item through a channel",
    colour: GREEN,
    arrows: [["code", "exchange", "yield* ch.send(x)"], ["exchange", "ready", "wake"]],
  },
  {
    name: "a fetch",
    colour: ORANGE,
    arrows: [["code", "io", "yield* fetch(url)"], ["io", "deno", "begins; abort"]],
  },
  {
    name: "a task to a worker",
    colour: PURPLE,
    arrows: [["code", "pool", "yield* pool.apply(f)"], ["pool", "workers", "batches, mail"]],
  },
];

const COLUMNS = [10, 320, 670];
const WIDTHS = [130, 220, 220];
const ROW = 74;
const BOX = 48;

const top = (row: number) => 16 + row * ROW;

function box([text, column, row, rows = 1]: Box): string {
  const x = COLUMNS[column]!;
  const width = WIDTHS[column]!;
  const height = BOX + (Math.min(rows, 4) - 1) * ROW;
  const lines = text.split("|");
  const middle = top(row) + height / 2 - (lines.length - 1) * 8;
  return [
    `<rect x="${x}" y="${top(row)}" width="${width}" height="${height}" rx="6"` +
    ` fill="#f6f8fa" stroke="${GREY}"/>`,
    ...lines.map((line, index) =>
      `<text x="${x + width / 2}" y="${middle + 4 + index * 16}" text-anchor="middle"` +
      ` ${index === 0 ? 'font-weight="600"' : 'fill="#6b7280"'}>${escape(line)}</text>`
    ),
  ].join("\n");
}

function arrow(from: string, to: string, label: string, colour: string): string {
  const start = BOXES[from]!;
  const end = BOXES[to]!;
  const y = top(end[2]) + BOX / 2;
  const x1 = COLUMNS[start[1]]! + WIDTHS[start[1]]!;
  const x2 = COLUMNS[end[1]]!;
  return [
    `<line x1="${x1 + 4}" x2="${x2 - 8}" y1="${y}" y2="${y}" stroke="${colour}"` +
    ` stroke-width="2" marker-end="url(#${colour.slice(1)})" marker-start="url(#${
      colour.slice(1)
    })"/>`,
    `<text x="${(x1 + x2) / 2}" y="${y - 8}" text-anchor="middle" fill="${colour}">` +
    `${escape(label)}</text>`,
  ].join("\n");
}

/** The picture, as SVG. */
export function architecture(): string {
  const heads = WAYS.map(({ colour }) =>
    `<marker id="${colour.slice(1)}" viewBox="0 0 8 8" refX="4" refY="4" markerWidth="5"` +
    ` markerHeight="5" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="${colour}"/></marker>`
  );
  const bottom = top(4);
  const parts = [
    `<defs>${heads.join("")}</defs>`,
    ...Object.values(BOXES).map(box),
    ...WAYS.flatMap(({ arrows, colour }) =>
      arrows.map(([from, to, label]) => arrow(from, to, label, colour))
    ),
    // Whatever it waited for, a greenlet goes on by way of the ready queue.
    `<line x1="780" x2="780" y1="${top(1) - 2}" y2="${top(0) + BOX + 8}" stroke="#374151"` +
    ` stroke-width="2"/>`,
    `<text x="790" y="${top(1) - 9}" fill="#374151">goes on</text>`,
    `<line x1="780" x2="780" y1="${top(2) - 2}" y2="${top(1) + BOX + 4}" stroke="#374151"` +
    ` stroke-width="2"/>`,
    `<text x="790" y="${top(2) - 9}" fill="#374151">a promise settles, a timer fires</text>`,
  ];
  let x = 10;
  for (const { name, colour } of WAYS) {
    parts.push(`<rect x="${x}" y="${bottom}" width="12" height="12" rx="2" fill="${colour}"/>`);
    parts.push(`<text x="${x + 18}" y="${bottom + 10}">${escape(name)}</text>`);
    x += 40 + name.length * 7;
  }
  const title = "The ways of a switch, an item through a channel, a fetch and a task to a worker";
  return frame(title, 1000, bottom + 24, parts);
}
