// Copyright 2026 the Tendril authors. MIT license.
/**
 * The classes of errors that arrive from workers as themselves. Workers do without: they only send errors.
 *
 * @module
 */
import { BrokenBarrierError } from "../../channels/barrier.ts";
import { ChannelClosedError } from "../../channels/channel.ts";
import { LockError } from "../../channels/lock_error.ts";
import { EOFError } from "../../channels/pipe.ts";
import { QueueEmpty, QueueFull, QueueShutDown } from "../../channels/queue.ts";
import * as runtimeErrors from "../errors.ts";
import { Timeout } from "../timeout.ts";
import { BrokenPoolError, CancelledError, PoolClosedError, WorkerDiedError } from "./errors.ts";
import { knowErrors } from "./remote_error.ts";
import { OwnerDiedError, WorkerShutdownError } from "./shared/errors.ts";

knowErrors([
  ...Object.values(Deno.errors),
  ...Object.values(runtimeErrors),
  BrokenBarrierError,
  BrokenPoolError,
  CancelledError,
  ChannelClosedError,
  EOFError,
  LockError,
  OwnerDiedError,
  PoolClosedError,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  Timeout,
  WorkerDiedError,
  WorkerShutdownError,
]);
