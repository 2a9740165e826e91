// Copyright 2026 the Tendril authors. MIT license.
/**
 * The hub: runs what is ready, keeps the timers, and notices when nothing can go on.
 *
 * Invariants:
 * - Ready fibers run in one microtask until SLICE is over, then the hub goes through a macrotask, so
 *   timers and sockets get their turn whatever is ready. Microtasks that follow one another without
 *   a gap count as one slice.
 * - The clock is read at both ends of a batch and about every LOOK milliseconds between them: after as
 *   many resumes as took that long lately, at most MOST_RESUMES. So what looking costs is a small part
 *   of the time however short resumes are, and where each takes longer than that, who holds the isolate
 *   is known by name. After it was held by one of several suspects the clock is read at each resume
 *   for a while, to name a repeated offender.
 * - No user code runs inside the hub but trace, error and blocking callbacks, with `current` null.
 *
 * @module
 */
import { type Clock, hostClock, TimerQueue } from "./clock.ts";
import { onBlocked } from "./events.ts";
import { type Fiber, isPumping, ready, setCoarseTime, setPump, setPumping } from "./fiber.ts";
import { countResumes, resume } from "./trampoline.ts";

/** How long ready fibers may run before timers and sockets get a turn, in milliseconds. */
const SLICE = 1;
/** About how long greenlets run between two looks at the clock, in milliseconds. */
const LOOK = 0.01;
/** Resumes between two looks at the clock, at most, and until a slice may be over. */
const MOST_RESUMES = 128;
/** How long a resume took lately, in milliseconds. */
let perResume = 0;
/** Resumes until the next look. */
let chunk = MOST_RESUMES;
/** For how many resumes the hub looks at each one after it could not tell who held the isolate. */
const WATCHED = 10_000;
/** How many of those are left. */
let watched = 0;
/** Chunks and batches after which a slice is over by whatever clock: one may stand still. */
const MOST_CHUNKS = 256;

/**
 * Goes through the event loop. Read off the global when first needed, because that loads a part of
 * Node; kept from then on, because a hop is not time and fake timers must not hold it up.
 */
let hop = (callback: () => void): unknown => {
  hop = globalThis.setImmediate;
  return hop(callback);
};

/** When the event loop last had a turn, as far as the hub knows. */
let sliceStart = 0;
let batchEnd = 0;
/** Chunks and batches since then. */
let chunks = 0;

function beginSlice(now: number): void {
  sliceStart = now;
  chunks = 0;
}

/** Whether the event loop is to have its turn. */
function isSliceOver(now: number): boolean {
  return now - sliceStart > SLICE || ++chunks > MOST_CHUNKS;
}

function lookAtClock(): number {
  const now = timers.clock.now();
  setCoarseTime(now | 0);
  return now;
}

let enter: ((batch: () => void) => void) | null = null;
/** Sets how a batch is entered: once there are async bodies, outside any async context. */
export function setEnter(how: (batch: () => void) => void): void {
  enter = how;
}

/** Runs ready fibers until none is left or the slice is over. */
function pump(): void {
  if (enter === null) runBatch();
  else enter(runBatch);
}
setPump(pump);

/** True while the hub is on the stack, in a greenlet or in a callback. */
let inside = false;
/** Tells whether the hub is on the stack, in a greenlet or in a callback. */
export function insideHub(): boolean {
  return inside;
}
/** Runs `fiber` until control comes back, from outside the hub. */
export function resumeFromOutside(fiber: Fiber): void {
  inside = true;
  try {
    resume(fiber);
  } finally {
    inside = false;
  }
}

/** For how long the isolate was held since the last look by what nobody is blamed for, in milliseconds. */
let excused = 0;
/**
 * Does something for which the host holds the isolate whoever asks for it, and for which there is no other
 * way, such as starting a thread: whoever does is not reported for that.
 */
export function excuse<T>(work: () => T): T {
  const before = timers.clock.now();
  try {
    return work();
  } finally {
    excused += timers.clock.now() - before;
  }
}

function runBatch(): void {
  let last = lookAtClock();
  excused = 0;
  if (last - batchEnd > 1) beginSlice(last); // there was a gap, so the event loop had its turn
  else if (isSliceOver(last)) {
    // Many small batches close together: either the event loop turns between them, and a probe gets
    // through, or promises that settle at once keep it from turning.
    if (last - sliceStart > 2 * SLICE || chunks > 2 * MOST_CHUNKS) {
      batchEnd = last;
      hop(pumpFromLoop);
      return;
    }
    if (!probing) {
      probing = true;
      hop(probe);
    }
  }
  let left = chunk;
  let inSlice = MOST_RESUMES;
  let fiber: Fiber | null;
  inside = true;
  while ((fiber = ready.shift()) !== null) {
    resume(fiber);
    if (--left > 0) continue;
    inSlice -= chunk;
    last = closeChunk(last, chunk);
    left = chunk;
    if (inSlice > 0) continue;
    inSlice = MOST_RESUMES;
    if (!ready.empty && isSliceOver(last)) {
      inside = false;
      batchEnd = last;
      hop(pumpFromLoop);
      return;
    }
  }
  setPumping(false);
  batchEnd = closeChunk(last, chunk - left);
  inside = false;
  if (idle !== null || watchers > 0) whenDrained();
}

/** Looks at the clock after some resumes and reports who held the isolate too long. */
function closeChunk(before: number, resumed: number): number {
  const now = lookAtClock();
  const ms = now - before - excused;
  excused = 0;
  if (watched > 0) watched--;
  if (ms > maxBlockingTime) {
    const suspects = [...new Set(ready.recent())];
    if (suspects.length > 1) watched = WATCHED;
    if (onBlocked !== null) onBlocked(ms, suspects);
    reportBlocking(ms, suspects);
  }
  ready.forget();
  // One long hold among quick ones does not count for more than a slow one.
  if (resumed > 0) perResume += (Math.min(ms / resumed, LOOK) - perResume) / 8;
  const most = watched > 0 ? 1 : MOST_RESUMES;
  chunk = Math.max(1, Math.min(most, Math.floor(LOOK / perResume)));
  return now;
}

let probing = false;
/** The event loop turned. */
function probe(): void {
  probing = false;
  beginSlice(timers.clock.now());
}

function pumpFromLoop(): void {
  beginSlice(timers.clock.now());
  pump();
}

/** The timers of this isolate. */
export const timers: TimerQueue = new TimerQueue(hostClock, (now) => {
  if (isPumping()) return timers.fireDue(now);
  setPumping(true);
  timers.fireDue(now);
  beginSlice(now);
  pump();
});

/** Changes the clock of the hub; running timers keep their remaining time. */
export function setClock(clock: Clock): void {
  timers.clock = clock;
  beginSlice(batchEnd = lookAtClock());
}

/** The time by the hub's clock, in milliseconds. */
export function now(): number {
  return timers.clock.now();
}

let external = 0;
let externalChanges = 0;
/** Counts waits for things outside the hub (promises, workers): while there are any, nothing is stuck. */
export function addExternal(change: 1 | -1): void {
  external += change;
  externalChanges++;
  // An async function that now waits for an Op wakes nobody, so no batch will end and look.
  if (external === 0 && watchers > 0 && !isPumping()) whenDrained();
}

/** How many such waits began or ended so far. */
export function countExternalChanges(): number {
  return externalChanges;
}

let idle: (() => void) | null = null;
/** Calls `callback` once when nothing is ready any more and the event loop had a turn. */
export function onIdle(callback: (() => void) | null): void {
  idle = callback;
  if (callback !== null && !isPumping()) whenDrained();
}

let watchers = 0;
/** Counts those who are to be told when nothing can go on. */
export function addWatcher(change: 1 | -1): void {
  watchers += change;
  if (change === 1 && !isPumping()) whenDrained();
}

let stuck: () => void = () => {};
/** Sets what to do when nothing can ever run again; deadlock.ts reports it. */
export function onStuck(callback: () => void): void {
  stuck = callback;
}

let resting: (() => void) | null = null;
/**
 * Calls `callback` whenever nothing is ready and the event loop had a turn, whatever is still awaited:
 * a clock that jumps has to know.
 */
export function onRest(callback: (() => void) | null): void {
  if (callback === null && resting !== null) addWatcher(-1);
  else if (callback !== null && resting === null) addWatcher(1);
  resting = callback;
}

/** Sees to it that the callback of {@linkcode onRest} is called if nothing is ready. */
export function lookIfResting(): void {
  if (!isPumping()) whenDrained();
}

let checking = false;
function whenDrained(): void {
  const waits = idle === null && resting === null && (external > 0 || timers.size > 0);
  if (checking || waits) return;
  // One turn of the event loop: whoever is outside greenlets gets a chance to wake somebody.
  checking = true;
  hop(whenLoopTurned);
}

function whenLoopTurned(): void {
  checking = false;
  if (isPumping()) return;
  if (idle !== null) {
    const callback = idle;
    idle = null;
    callback();
    return;
  }
  if (watchers > 0 && external === 0 && timers.size === 0) stuck();
  if (resting !== null && !isPumping()) resting();
}

/** Calls `callback` after the event loop had a turn. */
export function nextTurn(callback: () => void): void {
  hop(callback);
}

let maxBlockingTime = 100;
/** How long a greenlet may hold the isolate before it is reported, in milliseconds. */
export function getMaxBlockingTime(): number {
  return maxBlockingTime;
}
/** Sets {@linkcode getMaxBlockingTime}; Infinity turns the report off. */
export function setMaxBlockingTime(ms: number): void {
  maxBlockingTime = ms;
}

let reportBlocking: (ms: number, suspects: Fiber[]) => void = () => {};
/** Sets what is told of an isolate that was held too long: for how long, and who ran meanwhile. */
export function onBlocking(listener: (ms: number, suspects: Fiber[]) => void): void {
  reportBlocking = listener;
}

/**
 * Counters of the hub.
 *
 * @internal
 */
export interface HubCounts {
  /** Resumes so far. */
  switches: number;
  /** Greenlets that are ready to run. */
  ready: number;
  /** Timers that are waiting. */
  timers: number;
  /** Waits for promises, workers and the like. */
  external: number;
}

/** Reads the counters. */
export function counts(): HubCounts {
  return { switches: countResumes(), ready: ready.waiting().length, timers: timers.size, external };
}
