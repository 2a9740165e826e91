// Copyright 2026 the Tendril authors. MIT license.
/**
 * What happened in a schedule, a line a turn. Greenlets without a name of their own are told apart by
 * their functions and a number, so that the same schedule always reads the same.
 *
 * @module
 */
import type { TimerEntry } from "../clock.ts";
import { ASYNC, DEAD, READY, SWITCHED } from "../fiber.ts";
import { Greenlet } from "../greenlet.ts";
import { now } from "../hub.ts";
import { Op } from "../op.ts";
import { describeWait } from "../tree.ts";

/** An error message may be long, and is told in full elsewhere. */
const WIDTH = 100;

function inOneLine(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : Deno.inspect(error);
  const line = text.split("\n", 1)[0]!.trimEnd();
  return line.length > WIDTH ? `${line.slice(0, WIDTH)}…` : line;
}

/** The turns of one schedule as text. */
export class Trace {
  /** One for each turn and each timer that fired. */
  readonly lines: string[] = [];
  readonly #names = new Map<Greenlet<unknown>, string>();
  readonly #counts = new Map<string, number>();
  #root: Greenlet<unknown> | null = null;
  #running: Greenlet<unknown> | null = null;
  #note = "";
  #isOpen = true;

  /** What happens from now on is not of interest. */
  close(): void {
    this.endTurn();
    this.#isOpen = false;
  }

  /** A greenlet was started; the first is the root. */
  meet(greenlet: Greenlet<unknown>): void {
    this.#root ??= greenlet;
    this.nameOf(greenlet);
  }

  /** Another than `usual` was chosen. */
  deviate(usual: object): void {
    this.#note = ` (and not ${this.#describe(usual)})`;
  }

  /** A greenlet has the turn. */
  beginTurn(greenlet: Greenlet<unknown>): void {
    this.#running = greenlet;
  }

  /** The turn is over. */
  endTurn(): void {
    const greenlet = this.#running;
    if (greenlet === null) return;
    this.#running = null;
    const gaveWay = greenlet.state === READY;
    this.#add(`${this.nameOf(greenlet)} ${this.#outcome(greenlet)}`, gaveWay);
    if (greenlet === this.#root && greenlet.dead && greenlet.failing) this.#isOpen = false;
  }

  /** A timer fires. */
  timer(timer: TimerEntry): void {
    this.#add(`${this.#describe(timer)} fires`, false);
  }

  /** Adds a line; a note that belongs to the next one is kept for that. */
  #add(line: string, keepsNote: boolean): void {
    if (!this.#isOpen) return;
    this.lines.push(keepsNote ? line : line + this.#note);
    if (!keepsNote) this.#note = "";
  }

  /** A text in which greenlets have the names that they have here. */
  rename(text: string): string {
    const names = new Map(Array.from(this.#names, ([{ name }, here]) => [name, here]));
    return text.replaceAll(/Greenlet-\d+/g, (name) => names.get(name) ?? "another greenlet");
  }

  #outcome(greenlet: Greenlet<unknown>): string {
    switch (greenlet.state) {
      case READY:
        return "gives way";
      case SWITCHED:
        return "switches away";
      case ASYNC:
        return "goes on in an async function";
      case DEAD:
        return greenlet.failing ? `fails: ${this.rename(inOneLine(greenlet.inbox))}` : "ends";
      default:
        return `waits for ${this.rename(greenlet.waits.map(describeWait).join(", "))}`;
    }
  }

  #describe(candidate: object): string {
    if (candidate instanceof Greenlet) return this.nameOf(candidate);
    if (!("fire" in candidate)) return "a run with a policy";
    const what = candidate instanceof Op ? candidate.reason : candidate.constructor.name;
    const { waiter, starter } = candidate as { waiter?: unknown; starter?: unknown };
    const owner = [waiter, starter].find((each) => each instanceof Greenlet);
    const whose = owner === undefined ? "" : ` of ${this.nameOf(owner)}`;
    return `the timer${whose} (${what}, ${now()} ms)`;
  }

  /** What a greenlet is called here. */
  nameOf(greenlet: Greenlet<unknown>): string {
    let name = this.#names.get(greenlet);
    if (name !== undefined) return name;
    const isNamed = !greenlet.name.startsWith("Greenlet-");
    const isRoot = greenlet === this.#root;
    name = isNamed ? greenlet.name : greenlet.body?.name || (isRoot ? "root" : "greenlet");
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    if (count > 1 || !(isNamed || isRoot)) name += `#${count}`;
    this.#names.set(greenlet, name);
    return name;
  }
}
