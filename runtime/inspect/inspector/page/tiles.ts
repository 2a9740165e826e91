// Copyright 2026 the Tendril authors. MIT license.
/**
 * The script of the page for the counters.
 *
 * @module
 */

/** The text of `tiles.js`. */
export const TILES: string = String.raw`
  "use strict";
  // The counters, each with its last half minute as a line.
  import { find, fit, formatLarge, make, readColours, setText } from "./dom.js";

  const KEPT = 200;

  const SHOWN = [
    { label: "Greenlets", value: (o) => o.alive, note: countEnded },
    { label: "Ready", value: (o) => o.ready, title: "Greenlets in the ready queue" },
    {
      label: "Switches / s",
      value: (o) => o.switches,
      title: "Resumes of greenlets per second, over the last second",
      smooth: 7,
    },
    { label: "Timers", value: (o) => o.timers, title: "Sleeps and timeouts that are armed" },
    {
      label: "External",
      value: (o) => o.external,
      title: "Waits for sockets, files, promises and workers",
      note: () => ({ text: "sockets, promises" }),
    },
    { label: "Tasks", value: countTasks, title: "Tasks that workers run", note: countWorkers },
    {
      label: "Loop delay",
      value: (o) => o.delay,
      title: "How late the event loop was, in milliseconds",
      show: (value) => value.toFixed(value < 10 ? 1 : 0) + " ms",
    },
  ];

  function countEnded(overview) {
    if (overview.failed > 0) return { text: formatLarge(overview.failed) + " failed", bad: true };
    return { text: formatLarge(overview.ended) + " ended" };
  }

  function countTasks(overview) {
    return overview.workers.reduce((sum, worker) => sum + worker.running, 0);
  }

  function countWorkers({ workers }) {
    if (workers.length === 0) return { text: "no workers" };
    const busy = workers.filter((worker) => worker.running > 0).length;
    return { text: busy + " of " + workers.length + " busy" };
  }

  const tiles = SHOWN.map((shown) => {
    const value = make("b", "", "–");
    const note = make("small");
    const canvas = make("canvas");
    canvas.setAttribute("aria-hidden", "true");
    const element = make("div", "tile", "", make("span", "", shown.label), value, note, canvas);
    if (shown.title) element.title = shown.title;
    find("#tiles").append(element);
    return { ...shown, element, valueAt: value, noteAt: note, canvas, past: [] };
  });

  /** Shows the counters of one look. */
  export function showTiles(overview) {
    for (const tile of tiles) {
      const value = tile.value(overview);
      tile.past.push(value);
      if (tile.past.length > KEPT) tile.past.shift();
      const latest = tile.past.slice(-(tile.smooth || 1));
      const mean = latest.reduce((sum, each) => sum + each, 0) / latest.length;
      setText(tile.valueAt, (tile.show || formatLarge)(tile.smooth ? Math.round(mean) : value));
      const note = tile.note ? tile.note(overview) : { text: "" };
      setText(tile.noteAt, note.text);
      tile.noteAt.className = note.bad ? "bad" : "";
      draw(tile);
    }
  }

  function draw({ canvas, past }) {
    const { clientWidth: width, clientHeight: height } = canvas;
    if (width === 0) return;
    const context = fit(canvas, width, height);
    const { green } = readColours();
    const most = Math.max(...past, 1);
    const step = width / (KEPT - 1);
    const left = width - (past.length - 1) * step;
    context.beginPath();
    past.forEach((value, i) => {
      context.lineTo(left + i * step, height - 2 - (value / most) * (height - 6));
    });
    context.globalAlpha = 1;
    context.strokeStyle = green;
    context.lineWidth = 1.5;
    context.lineJoin = "round";
    context.stroke();
    context.lineTo(width, height);
    context.lineTo(left, height);
    context.globalAlpha = 0.12;
    context.fillStyle = green;
    context.fill();
  }
`;
