// Copyright 2026 the Tendril authors. MIT license.
/**
 * One page that looks on: what it wants to see, and the stream of events over which it is told.
 *
 * @module
 */
import type { Census, Selection } from "./census.ts";
import { closeQuietly, writeAll } from "./http.ts";
import { type Details, details, type Entry, type Row, row } from "./rows.ts";
import { STATE_NAMES, type StateName } from "./state.ts";
import type { Lane, Timeline } from "./timeline.ts";

/** Lines that are sent at most, however tall the window is. */
const MOST_ROWS = 200;

/** Lines that are sent before a page has said what it sees. */
const FIRST_ROWS = 50;

/** What a page asks to be shown. */
export interface View extends Selection {
  /** The first line that is seen. */
  readonly offset: number;
  /** How many lines are seen. */
  readonly count: number;
  /** The id of the greenlet about which all is told, 0 for none. */
  readonly selected: number;
  /** The id of a greenlet that is to be brought into sight, 0 for none. */
  readonly reveal: number;
}

/** The part of the list that a page sees. */
export interface ListPart {
  /** How many lines the whole list has. */
  readonly total: number;
  /** The first line that is sent. */
  readonly offset: number;
  /** The lines. */
  readonly rows: readonly Row[];
  /** What is new in the past of those. */
  readonly lanes: readonly { readonly id: number; readonly whole: boolean; readonly lane: Lane }[];
  /** All about the selected one, `null` when it has ended. */
  readonly details: Details | null;
  /** The line of the greenlet that was to be brought into sight, -1 if there is none. */
  readonly revealed: number;
}

const encoder = new TextEncoder();

/** What a page asked for; what is missing or wrong is taken as the default. */
function readView(asked: Record<string, unknown>): View {
  const { query, state, order, folded, offset, count, selected, reveal } = asked;
  const whole = (value: unknown) => Number.isSafeInteger(value) ? Math.max(0, value as number) : 0;
  return {
    query: typeof query === "string" ? query : "",
    state: STATE_NAMES.includes(state as StateName) ? state as StateName : null,
    order: order === "age" ? "age" : "tree",
    folded: new Set(Array.isArray(folded) ? folded : []),
    offset: whole(offset),
    count: Math.min(whole(count), MOST_ROWS),
    selected: whole(selected),
    reveal: whole(reveal),
  };
}

/** One page. */
export class Viewer {
  /** What it wants to see. */
  view: View = readView({ count: FIRST_ROWS });
  /** How many notices it was told. */
  notices = 0;
  readonly #conn: Deno.Conn;
  /** The last message that has not left. */
  #sending: Promise<void> | null = null;
  /** The lines of the list, for the census and the view they were made of. */
  #entries: Entry[] = [];
  #entriesOf: { census: Census; view: View } | null = null;
  /** Up to which count of the timeline the page knows the past of the greenlets it sees. */
  #known = new Map<number, number>();

  /** Makes one that is told over `conn`, on which the head of the response was sent. */
  constructor(readonly id: number, conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Whether the last message has not left yet; then another one would only wait. */
  get behind(): boolean {
    return this.#sending !== null;
  }

  /**
   * Sends a message, after those that have not left. If there are none, the first write is done at the call,
   * so that it leaves even if the program ends now.
   */
  send(message: unknown): void {
    const bytes = encoder.encode(`data: ${JSON.stringify(message)}\n\n`);
    const write = () => writeAll(this.#conn, bytes);
    const sent = this.#sending === null ? write() : this.#sending.then(write);
    this.#sending = sent;
    sent.then(() => {
      if (this.#sending === sent) this.#sending = null;
    }, () => closeQuietly(this.#conn));
  }

  /** It wants to see something else. */
  look(asked: Record<string, unknown>): void {
    const view = readView(asked);
    const { folded } = this.view;
    // Scrolling changes only the offset; the list need not be made again for that.
    const same = view.folded.size === folded.size && view.folded.isSubsetOf(folded);
    this.view = same ? { ...view, folded } : view;
  }

  /** What it sees of `census`. */
  part(census: Census, timeline: Timeline): ListPart {
    const entries = this.#list(census);
    const { count, selected, reveal } = this.view;
    const revealed = reveal === 0
      ? -1
      : entries.findIndex(({ greenlet }) => greenlet.id === reveal);
    const wanted = revealed < 0 ? this.view.offset : revealed - (count >> 1);
    const offset = Math.max(0, Math.min(wanted, entries.length - count));
    const seen = entries.slice(offset, offset + count);
    this.view = { ...this.view, offset, reveal: 0 };
    const chosen = selected === 0
      ? undefined
      : entries.find(({ greenlet }) => greenlet.id === selected) ??
        census.find(selected);
    return {
      total: entries.length,
      offset,
      rows: seen.map(row),
      lanes: this.#lanes(seen, timeline),
      details: chosen === undefined ? null : details(chosen),
      revealed,
    };
  }

  #list(census: Census): Entry[] {
    const { query, state, order, folded } = this.view;
    const before = this.#entriesOf;
    const same = before !== null && before.census === census && before.view.query === query &&
      before.view.state === state && before.view.order === order && before.view.folded === folded;
    if (!same) this.#entries = census.list(this.view);
    this.#entriesOf = { census, view: this.view };
    return this.#entries;
  }

  #lanes(seen: readonly Entry[], timeline: Timeline): ListPart["lanes"] {
    const from = new Map(seen.map(({ greenlet: { id } }) => [id, this.#known.get(id) ?? 0]));
    const lanes = timeline.lanes(from);
    this.#known = new Map(seen.map(({ greenlet: { id } }) => [id, timeline.count]));
    return [...lanes].map(([id, lane]) => ({ id, whole: from.get(id) === 0, lane }));
  }

  /** Ends the stream. */
  close(): void {
    closeQuietly(this.#conn);
  }
}
