// Copyright 2026 the Tendril authors. MIT license.
/**
 * Workers that are Deno Workers: threads of this process, each with an isolate of its own.
 *
 * Messages go over a port rather than over the Worker itself: that copies large data in a fraction of the
 * time, and a port of Node's kind is told when the other side is gone, however it ended.
 *
 * @module
 */
import { excuse } from "../hub.ts";
import { checkBootstrap } from "./bootstrap.ts";
import { currentProcess } from "./identity.ts";
import type { Link, Listener, Start } from "./link.ts";
import { countPosted, giveUpAnswer, makeControl, putMail, wakeForMessage } from "./mail.ts";
import { makeChannel, type NodePort } from "./node_channel.ts";
import { giveUpAfter } from "./patience.ts";
import { type FromWorker, OUTCOMES, type ToWorker } from "./protocol.ts";
import { markDead, registerWorker, requestShutdown, type WorkerPass } from "./shared/liveness.ts";
import { pack } from "./shared/transport.ts";
import type { WorkerStart } from "./worker_main.ts";

/** For how long a worker that was terminated may go on before its thread is given up, in milliseconds. */
const GRACE = 1000;

/** How long to wait for the reason why a worker could not start, in milliseconds. */
const REASON = 100;

let lastPid = 0;
let leaked = 0;
/** How many threads go on although their worker was terminated. */
export function countLeakedThreads(): number {
  return leaked;
}

/** Starts a thread. */
export function connectWorker(start: Start, listener: Listener): Link {
  checkBootstrap();
  return new WorkerLink(start, listener);
}

class WorkerLink implements Link {
  readonly pid = ++lastPid;
  readonly control = makeControl();
  readonly #name: string;
  readonly #listener: Listener;
  readonly #worker: Worker;
  readonly #pass: WorkerPass;
  readonly #port: NodePort;
  #state: "alive" | "stopped" | "leaked" | "gone" = "alive";
  #closed = false;
  /** Whether it ever said anything. */
  #heard = false;
  /** Calls off what is to happen when it does not end, or does not say why it did. */
  #watch: (() => void) | undefined;

  constructor({ name, daemon, initializer, initArgs }: Start, listener: Listener) {
    this.#name = name;
    this.#listener = listener;
    const transfer: Transferable[] = [];
    const packedArgs = pack(initArgs, transfer);
    this.#pass = registerWorker(name);
    try {
      const url = new URL("./worker_main.ts", import.meta.url);
      // Returns when the thread has an isolate: tens of milliseconds, or more on a busy machine.
      this.#worker = excuse(() => new Worker(url, { type: "module", name }));
    } catch (error) {
      markDead(this.#pass);
      throw error;
    }
    unrefWorker(this.#worker);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#lose(event.message);
    };
    // Loaded while the thread starts.
    const { port1, port2 } = excuse(makeChannel);
    this.#port = port1;
    port1.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      this.#heard = true;
      listener.receive(data);
    };
    // Of one that could not start, the reason may come a moment later.
    port1.on("close", () => {
      this.#closed = true;
      if (this.#heard || this.#state !== "alive") this.#gone();
      else this.#watch = giveUpAfter(REASON, () => this.#gone());
    });
    port1.unref();
    transfer.push(port2);
    const message: WorkerStart = {
      self: { name, pid: this.pid, daemon },
      parent: currentProcess(),
      port: port2,
      control: this.control,
      pass: this.#pass,
      initializer,
      initArgs: packedArgs,
    };
    try {
      this.#worker.postMessage(message, transfer);
    } catch (error) {
      this.#state = "stopped";
      this.#gone();
      throw error;
    }
  }

  post(message: ToWorker, transfer: Transferable[]): void {
    this.#port.postMessage(message, transfer);
    countPosted(this.control);
    wakeForMessage(this.control);
  }

  mail(fn: number, item: number, args: readonly unknown[]): boolean {
    return putMail(this.control, [fn, item, args], ([value, elapsed]) => {
      this.#listener.receive([OUTCOMES, item, [value], null, null, elapsed]);
    });
  }

  hold(): void {
    this.#port.ref();
  }

  release(): void {
    this.#port.unref();
  }

  stop(): void {
    if (this.#state !== "alive") return;
    this.#state = "stopped";
    requestShutdown(this.#pass); // ends waits that block the thread
    this.#worker.terminate();
    this.#watch?.();
    if (this.#closed) this.#gone();
    else this.#watch = giveUpAfter(GRACE, () => this.#leak());
  }

  /** It ends no loop and no wait of the host: the thread goes on until its task gives way. */
  #leak(): void {
    this.#state = "leaked";
    leaked++;
    this.#port.unref();
    markDead(this.#pass);
    // deno-lint-ignore no-console -- nobody else would ever know
    console.warn(
      `Worker "${this.#name}" was terminated but still runs, and keeps a processor busy (${leaked} such ` +
        "threads now): give tasks that may not end a { timeout }, ask isCancelled() in them, or use " +
        'the backend "process"',
    );
    this.#listener.gone();
  }

  #lose(why: string): void {
    if (this.#state === "gone") return;
    this.#listener.lost(why);
    this.#gone();
  }

  #gone(): void {
    const before = this.#state;
    if (before === "gone") return;
    this.#state = "gone";
    giveUpAnswer(this.control);
    this.#watch?.();
    this.#worker.terminate();
    this.#port.close();
    if (before === "leaked") {
      leaked--;
      return;
    }
    markDead(this.#pass);
    if (before === "alive") this.#listener.lost("it ended without a word");
    this.#listener.gone();
  }
}

/**
 * A Worker keeps the process from ending, which `ref` and `unref` of its port are to decide. The host
 * can let go of it, but has that only under a symbol of its own; where it is not found, a program ends
 * when its pools are closed.
 */
function unrefWorker(worker: Worker): void {
  for (const key of Object.getOwnPropertySymbols(Worker.prototype)) {
    const method = Object.getOwnPropertyDescriptor(Worker.prototype, key)?.value;
    if (typeof method === "function" && /unref/.test(String(method))) method.call(worker, false);
  }
}
