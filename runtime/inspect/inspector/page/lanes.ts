// Copyright 2026 the Tendril authors. MIT license.
/**
 * The script of the page that draws the timeline.
 *
 * @module
 */

/** The text of `lanes.js`. */
export const LANES: string = String.raw`
  "use strict";
  // The timeline: beside each greenlet of the list, what it did in the last half minute.
  import { find, fit, isMotionReduced, readColours, setText } from "./dom.js";

  /** What is shown at most and at least, in milliseconds: little has happened when the page opens. */
  const LONGEST = 30000;
  const SHORTEST = 10000;
  /** How far the picture is behind, so that what it shows has arrived. */
  const LAG = 350;
  const MOST = 3 * 4000;

  // What a greenlet does from a change on, as the server numbers it.
  const READY = 0;
  const RUNS = 1;
  const WAITS = 2;
  const ENDED = 4;
  const RAN = 8;
  const ASYNC = 16;
  const OF_STATE = {
    ready: READY,
    running: RUNS,
    waits: WAITS,
    switched: 3,
    async: ASYNC,
    pending: 3,
  };

  const canvas = find("#lanes");
  const axis = find("#columns .axis i");
  const opened = performance.now();
  const lanes = new Map();
  let rows = [];
  let geometry = null;
  let clock = null;
  let frozen = false;

  /** Takes the server's time of a look. */
  export function setClock(time) {
    const offset = time - performance.now();
    // Messages come late, never early.
    clock = clock === null || Math.abs(clock - offset) > 2000 ? offset : Math.max(clock, offset);
  }

  /** Stops the picture where it is, or lets it go on. */
  export function freeze(on) {
    frozen = on;
  }

  /** Takes what is new in the past of the rows that are seen. */
  export function addLanes(list) {
    for (const { id, whole, lane } of list.lanes) {
      const known = lanes.get(id);
      if (whole || known === undefined) lanes.set(id, lane);
      else {
        known.push(...lane);
        if (known.length > MOST) known.splice(0, known.length - MOST);
      }
    }
    const seen = new Set(list.rows.map((row) => row.id));
    for (const id of lanes.keys()) if (!seen.has(id)) lanes.delete(id);
    // Where events were missed, what it does now is known all the same.
    const now = clock === null ? null : performance.now() + clock;
    for (const row of list.rows) {
      let lane = lanes.get(row.id);
      if (lane === undefined) lanes.set(row.id, lane = []);
      const what = OF_STATE[row.state];
      const last = lane.length - 3;
      const same = last >= 0 && (lane[last + 1] & ~RAN) === what && lane[last + 2] === row.kind;
      if (!same && now !== null) lane.push(last < 0 ? now - row.age : now, what, row.kind);
    }
    rows = list.rows;
  }

  /** Where the lanes are: the box of the column, and the height and place of lines. */
  export function place(box) {
    geometry = box;
    canvas.style.left = box.left + "px";
    canvas.style.top = "0";
    canvas.style.width = box.width + "px";
    canvas.style.height = box.height + "px";
  }

  /** Draws; lineTop(i) is where the i-th row begins, in pixels from the top of the view. */
  function draw(lineTop) {
    if (geometry === null || clock === null) return;
    const { width, height, laneTop, laneHeight } = geometry;
    const context = fit(canvas, width, height);
    const colours = readColours();
    const end = performance.now() + clock - LAG;
    const span = Math.min(LONGEST, Math.max(SHORTEST, performance.now() - opened + 2000));
    const start = end - span;
    const x = (time) => ((time - start) / span) * width;
    setText(axis, Math.round(span / 1000) + " s ago");
    rows.forEach((row, i) => {
      const top = lineTop(i) + laneTop;
      if (top + laneHeight < 0 || top > height) return;
      context.fillStyle = colours.line;
      for (let time = Math.ceil(start / 5000) * 5000; time < end; time += 5000) {
        context.fillRect(Math.round(x(time)), top, 1, laneHeight);
      }
      drawLane(context, colours, lanes.get(row.id) || [], { top, start, end, x, height: laneHeight });
    });
  }

  function drawLane(context, colours, lane, { top, start, end, x, height }) {
    const middle = top + height / 2;
    const bar = (from, to, size, colour) => {
      context.fillStyle = colour;
      context.fillRect(from, middle - size / 2, Math.max(to - from, 1.25), size);
    };
    const runs = [];
    for (let i = 0; i < lane.length; i += 3) {
      const until = i + 3 < lane.length ? lane[i + 3] : end;
      if (until < start || lane[i] > end) continue;
      const from = Math.max(0, x(lane[i]));
      const to = x(Math.min(until, end));
      const what = lane[i + 1] & ~RAN;
      if (what === RUNS || lane[i + 1] & RAN) runs.push(x(lane[i]), what === RUNS ? to : x(lane[i]));
      if (what === WAITS) {
        const colour = lane[i + 2] < 0 ? colours.soft : colours.kinds[lane[i + 2] % 8];
        bar(from, to, Math.min(4, height / 3), colour);
      } else if (what === READY) bar(from, to, height * 0.5, colours.ready);
      else if (what === ASYNC) bar(from, to, height * 0.3, colours.kinds[0]);
      else if (what !== ENDED && what !== RUNS) bar(from, to, 1, colours.soft);
    }
    // Whoever held the isolate long stands out from those that ran for a moment.
    for (let i = 0; i < runs.length; i += 2) {
      const long = runs[i + 1] - runs[i] > 0.5;
      context.globalAlpha = long ? 1 : 0.8;
      bar(runs[i], Math.max(runs[i + 1], runs[i] + 1), height * (long ? 0.8 : 0.5), colours.green);
    }
    context.globalAlpha = 1;
  }

  /** Draws again and again, or, for those who do not like motion, once a second. */
  export function animate(lineTop) {
    let last = -Infinity;
    const frame = (now) => {
      requestAnimationFrame(frame);
      if (frozen || now - last < (isMotionReduced() ? 1000 : 30)) return;
      last = now;
      draw(lineTop);
    };
    requestAnimationFrame(frame);
  }
`;
