// Copyright 2026 the Tendril authors. MIT license.
// The worker of crew.ts.

import { getHub, spawn } from "@tendril/tendril";
import "../../../../runtime/parallel/shared/mod.ts";
import { enterWorker, type WorkerPass } from "../../../../runtime/parallel/shared/liveness.ts";
import { pack, unpack } from "../../../../runtime/parallel/shared/transport.ts";

type Job = (...args: unknown[]) => unknown;

interface Call {
  readonly id: number;
  readonly job: string;
  readonly args: unknown;
}

getHub().maxBlockingTime = 0; // to block is what they are for

const scope = globalThis as unknown as Worker;
let jobs: Promise<Record<string, Job>>;

/** The first message, and the last. */
interface Control {
  readonly pass?: WorkerPass;
  readonly module: string;
  readonly closing?: SharedArrayBuffer;
}

scope.onmessage = ({ data }: MessageEvent<Call & Control>) => {
  if (data.pass !== undefined) {
    enterWorker(data.pass);
    jobs = import(data.module);
  } else if (data.closing !== undefined) {
    Atomics.store(new Int32Array(data.closing), 0, 1);
    globalThis.close();
  } else work(data);
};

async function work({ id, job, args }: Call): Promise<void> {
  try {
    const run = (await jobs)[job]!;
    const value = await spawn(run, ...unpack(args) as unknown[]);
    const transfer: Transferable[] = [];
    scope.postMessage({ id, value: pack(value, transfer) }, transfer);
  } catch (error) {
    const { name, message } = error as Error;
    scope.postMessage({ id, error: { name, message } });
  }
}
