// Copyright 2026 the Tendril authors. MIT license.
/**
 * Runs a command in a terminal and draws what was to be seen as an SVG that plays it back:
 *
 *     deno run -A docs/pictures/recording.ts docs/images/download.svg deno task example
 *
 * @module
 */
import xterm from "@xterm/headless";

const COLUMNS = 88;
const ROWS = 27;
/** Pictures a second. */
const RATE = 5;
/** How long the last picture stands, in milliseconds. */
const REST = 4000;
const CHAR_WIDTH = 8.4;
const LINE_HEIGHT = 18;
const MARGIN = 14;
const BACKGROUND = "#16181d";
const FOREGROUND = "#d7dae0";
/** The first eight colours of a terminal. */
const COLORS = [
  "#6b7280",
  "#f47067",
  "#8ddb8c",
  "#e8c268",
  "#6cb6ff",
  "#dcbdfb",
  "#76e3ea",
  "#d7dae0",
];

interface Picture {
  readonly at: number;
  readonly lines: string;
}

const [path, ...command] = Deno.args;
if (path === undefined || command.length === 0) {
  console.error("Usage: deno run -A docs/pictures/recording.ts OUT.svg COMMAND…");
  Deno.exit(2);
}
const pictures = await record(command);
await Deno.writeTextFile(path, draw(pictures));
console.log(`${path}: ${pictures.length} pictures of ${command.join(" ")}`);

/** Runs the command in a pseudo-terminal, and looks at the screen again and again. */
async function record(command: string[]): Promise<Picture[]> {
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  const write = (text: string | Uint8Array) =>
    new Promise<void>((resolve) => terminal.write(text, resolve));
  await write(`\x1b[32m$\x1b[0m ${command.join(" ")}\r\n`);
  const shell = `stty cols ${COLUMNS} rows ${ROWS}; exec ${command.join(" ")}`;
  const child = new Deno.Command("script", {
    args: ["-qefc", shell, "/dev/null"],
    stdin: "null",
    stdout: "piped",
  }).spawn();

  const start = performance.now();
  const pictures: Picture[] = [];
  const look = () => {
    const lines = screen(terminal);
    if (lines !== pictures.at(-1)?.lines) pictures.push({ at: performance.now() - start, lines });
  };
  look();
  const timer = setInterval(look, 1000 / RATE);
  for await (const chunk of child.stdout) await write(chunk);
  clearInterval(timer);
  look();
  return pictures;
}

/** What is on the screen, as text elements. */
function screen(terminal: InstanceType<typeof xterm.Terminal>): string {
  const { active } = terminal.buffer;
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const line = active.getLine(active.viewportY + row);
    if (line === undefined) return "";
    const runs: { color: string; text: string }[] = [];
    for (let column = 0; column < COLUMNS; column++) {
      const cell = line.getCell(column);
      if (cell === undefined) break;
      const color = cell.isFgPalette() ? COLORS[cell.getFgColor() % 8]! : FOREGROUND;
      const last = runs.at(-1);
      const text = cell.getChars() || " ";
      if (last?.color === color) last.text += text;
      else runs.push({ color, text });
    }
    if (runs.every((run) => run.text.trim() === "")) return "";
    const spans = runs.map(({ color, text }) =>
      color === FOREGROUND ? escape(text) : `<tspan fill="${color}">${escape(text)}</tspan>`
    ).join("").trimEnd();
    return `<text y="${MARGIN + (row + 0.75) * LINE_HEIGHT}">${spans}</text>`;
  });
  return rows.filter((row) => row !== "").join("\n");
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Plays the pictures for ever; where nothing moves, the last one is to be seen. */
function draw(pictures: readonly Picture[]): string {
  const width = Math.ceil(COLUMNS * CHAR_WIDTH + 2 * MARGIN);
  const height = ROWS * LINE_HEIGHT + 2 * MARGIN;
  const total = pictures.at(-1)!.at + REST;
  const percent = (ms: number) => `${(ms / total * 100).toFixed(2)}%`;
  const rules: string[] = [];
  const groups = pictures.map(({ at, lines }, i) => {
    const isLast = i === pictures.length - 1;
    const end = isLast ? total : pictures[i + 1]!.at;
    const before = i === 0 ? "" : `0%{visibility:hidden}`;
    const after = isLast ? "" : `${percent(end)}{visibility:hidden}`;
    rules.push(`@keyframes p${i}{${before}${percent(at)}{visibility:visible}${after}}`);
    rules.push(`#p${i}{visibility:${isLast ? "visible" : "hidden"};animation-name:p${i}}`);
    return `<g id="p${i}">\n${lines}\n</g>`;
  });
  const timing = `${(total / 1000).toFixed(2)}s step-end infinite`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="A terminal in which the command runs">
<style>
text{font:14px ui-monospace,Menlo,Consolas,monospace;white-space:pre;fill:${FOREGROUND}}
@media (prefers-reduced-motion:no-preference){g g{animation:${timing}}
${rules.filter((rule) => rule.startsWith("@")).join("\n")}
${rules.filter((rule) => !rule.startsWith("@")).join("\n")}}
@media (prefers-reduced-motion:reduce){g g:not(:last-child){visibility:hidden}}
</style>
<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>
<g transform="translate(${MARGIN} 0)">
${groups.join("\n")}
</g>
</svg>
`;
}
