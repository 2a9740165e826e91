// Copyright 2026 the Tendril authors. MIT license.
/**
 * Events in the trace format of Chrome, as JSON. Written by hand, because `JSON.stringify` of an object
 * for each would take most of the time of a trace.
 *
 * @module
 */

/** A row of the trace. */
export interface Row {
  /** The group it stands in. */
  readonly pid: number;
  /** Its number there. */
  readonly tid: number;
}

/** A time in milliseconds as the microseconds of the format, exact to a tenth. */
function micros(ms: number): string {
  const tenths = Math.round(ms * 10_000);
  return `${Math.floor(tenths / 10)}.${tenths % 10}`;
}

function at({ pid, tid }: Row, ms: number): string {
  return `"pid":${pid},"tid":${tid},"ts":${micros(ms)}`;
}

// `name` and `args` below are JSON already.

/** Names a group of rows. */
export function nameGroup(pid: number, name: string): string {
  return `{"ph":"M","pid":${pid},"name":"process_name","args":{"name":${name}}}`;
}

/** Names a row. */
export function nameRow({ pid, tid }: Row, name: string): string {
  return `{"ph":"M","pid":${pid},"tid":${tid},"name":"thread_name","args":{"name":${name}}}`;
}

/** Something that took from `from` to `to`. */
export function slice(
  row: Row,
  category: string,
  name: string,
  from: number,
  to: number,
  args = "{}",
): string {
  const took = micros(Math.max(0, to - from));
  return `{"ph":"X","cat":"${category}","name":${name},${
    at(row, from)
  },"dur":${took},"args":${args}}`;
}

/** The same for what may overlap others of its row; `id` is its own. */
export function asyncSlice(
  row: Row,
  category: string,
  name: string,
  id: number,
  from: number,
  to: number,
  args = "{}",
): string {
  const same = `"cat":"${category}","name":${name},"id":${id},`;
  return `{"ph":"b",${same}${at(row, from)},"args":${args}},\n{"ph":"e",${same}${
    at(row, Math.max(from, to))
  }}`;
}

/** An arrow from the slice around a time in one row to the one in another. */
export function arrow(
  name: string,
  id: number,
  from: Row,
  sent: number,
  to: Row,
  arrived: number,
): string {
  const same = `"cat":"flow","name":${name},"id":${id},`;
  return `{"ph":"s",${same}${at(from, sent)}},\n{"ph":"f","bp":"e",${same}${at(to, arrived)}}`;
}

/** Something that took no time; `scope` is "t" for its row, "g" for all. */
export function instant(
  row: Row,
  name: string,
  ms: number,
  scope: "t" | "g",
  args = "{}",
): string {
  return `{"ph":"i","cat":"greenlet","name":${name},"s":"${scope}",${at(row, ms)},"args":${args}}`;
}
