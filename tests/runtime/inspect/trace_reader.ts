// Copyright 2026 the Tendril authors. MIT license.
import { assert, assertEquals } from "@std/assert";

/** An event of the trace format, with the fields that some kinds have. */
export interface TraceEvent {
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
  readonly cat: string;
  readonly ts: number;
  readonly dur: number;
  readonly id: number;
  readonly args: Record<string, unknown>;
}

/** A trace that was read from a file. */
export class ReadTrace {
  readonly events: TraceEvent[];
  readonly #rows = new Map<string, string>();

  constructor(path: string) {
    this.events = JSON.parse(Deno.readTextFileSync(path)).traceEvents;
    for (const { ph, name, pid, tid, args } of this.events) {
      if (ph === "M" && name === "thread_name") this.#rows.set(`${pid}/${tid}`, String(args.name));
    }
  }

  /** The names of the rows, and of the groups. */
  get rows(): string[] {
    return [...this.#rows.values()];
  }

  /** The name of the row of an event. */
  rowOf({ pid, tid }: TraceEvent): string | undefined {
    return this.#rows.get(`${pid}/${tid}`);
  }

  /** The events of a kind in a row. */
  in(row: string, ph: string): TraceEvent[] {
    return this.events.filter((event) => event.ph === ph && this.rowOf(event) === row);
  }

  /** The slices of a row as text, in the order of time. */
  slices(row: string): string[] {
    return this.in(row, "X").sort((a, b) => a.ts - b.ts).map(({ cat, name }) =>
      cat === name ? name : `${cat} ${name}`
    );
  }

  /** From where to where arrows go. */
  get arrows(): string[] {
    const ends = new Map(
      this.events.filter(({ ph }) => ph === "f").map((event) => [event.id, event]),
    );
    return this.events.filter(({ ph }) => ph === "s").map((start) =>
      `${this.rowOf(start)} -> ${this.rowOf(ends.get(start.id)!)}`
    );
  }

  /** Checks what each reader of the format relies on. */
  check(): this {
    const slices = this.events.filter(({ ph }) => ph === "X");
    const byRow = Map.groupBy(slices, (event) => this.rowOf(event));
    for (const [row, ofRow] of byRow) {
      assert(row !== undefined, "a slice has no named row");
      let end = 0;
      for (const { ts, dur, name } of ofRow.sort((a, b) => a.ts - b.ts)) {
        assert(ts >= end - 0.11, `${name} of ${row} begins at ${ts}, before ${end}`);
        end = ts + dur;
      }
    }
    // Each arrow has both ends, forward in time, each within a slice of its row.
    const starts = this.events.filter(({ ph }) => ph === "s");
    const ends = this.events.filter(({ ph }) => ph === "f");
    assertEquals(starts.map(({ id }) => id), ends.map(({ id }) => id));
    starts.forEach(({ ts }, i) => assert(ts <= ends[i]!.ts));
    for (const each of [...starts, ...ends]) {
      const within = byRow.get(this.rowOf(each))!.some(({ ts, dur }) =>
        each.ts >= ts - 0.11 && each.ts <= ts + dur + 0.11
      );
      assert(within, `an arrow of ${this.rowOf(each)} is in no slice`);
    }
    const begins = this.events.filter(({ ph }) => ph === "b").map(({ id }) => id);
    assertEquals(begins, this.events.filter(({ ph }) => ph === "e").map(({ id }) => id));
    return this;
  }
}
