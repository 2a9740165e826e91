// Copyright 2026 the Tendril authors. MIT license.
import {
  all,
  type Channel,
  createChannel,
  type Operation,
  run,
  sleep,
  spawn,
  type Task,
  until,
  withResolvers,
} from "npm:effection@4";
import type { Dormitory } from "../harness/dormitory.ts";
import type { Stopwatch } from "../harness/stopwatch.ts";

type Cell = ReturnType<typeof withResolvers<void>>;

/** `switch`: two tasks that resolve a cell of the other and wait for one of their own. */
export function takeBatons(hops: number): Promise<void> {
  return run(function* () {
    const cells: [Cell, Cell] = [withResolvers<void>(), withResolvers<void>()];
    const first = yield* spawn(() => playBatons(hops / 2, cells, 0, 1));
    const second = yield* spawn(() => playBatons(hops / 2, cells, 1, 0));
    cells[0].resolve();
    yield* all([first, second]);
  });
}

function* playBatons(
  turns: number,
  cells: [Cell, Cell],
  mine: 0 | 1,
  other: 0 | 1,
): Operation<void> {
  for (let turn = 0; turn < turns; turn++) {
    yield* cells[mine].operation;
    cells[mine] = withResolvers<void>();
    cells[other].resolve();
  }
}

/** `yield_now`: the cheapest way to let others run is to wait for a promise that is resolved. */
export function takeTurns(turns: number): Promise<void> {
  return run(function* () {
    const first = yield* spawn(() => giveWay(turns / 2));
    const second = yield* spawn(() => giveWay(turns / 2));
    yield* all([first, second]);
  });
}

function* giveWay(turns: number, watch?: Stopwatch): Operation<void> {
  watch?.start();
  for (let turn = 0; turn < turns; turn++) yield* until(Promise.resolve());
  watch?.stop();
}

let sum = 0;

/** `spawn_join`. */
export function joinEach(times: number): Promise<void> {
  return run(function* () {
    for (let index = 0; index < times; index++) yield* yield* spawn(() => work(index));
  });
}

function* work(index: number): Operation<void> {
  sum += index;
}

/** `spawn_many`. */
export function joinMany(times: number): Promise<void> {
  return run(function* () {
    const tasks: Task<void>[] = [];
    for (let index = 0; index < times; index++) tasks.push(yield* spawn(() => work(index)));
    yield* all(tasks);
  });
}

/** `sleepers`. */
export function sleepAll(dormitory: Dormitory): Promise<void> {
  return run(function* () {
    const tasks: Task<void>[] = [];
    for (let index = 0; index < dormitory.size; index++) {
      tasks.push(yield* spawn(() => sleepOnce(dormitory, index)));
    }
    yield* all(tasks);
  });
}

function* sleepOnce(dormitory: Dormitory, index: number): Operation<void> {
  yield* sleep(dormitory.lieDown(index));
  dormitory.getUp(index);
}

/** `call_depth`: plain nesting, which is what Effection has. */
export function takeTurnsBelow(depth: number, turns: number, watch: Stopwatch): Promise<void> {
  return run(function* () {
    const first = yield* spawn(() => dive(depth, turns / 2, watch));
    const second = yield* spawn(() => dive(depth, turns / 2, watch));
    yield* all([first, second]);
  });
}

function* dive(depth: number, turns: number, watch: Stopwatch): Operation<void> {
  if (depth > 1) yield* dive(depth - 1, turns, watch);
  else yield* giveWay(turns, watch);
}

/** `pool_map`: tasks that share an iterator. */
export function mapItems(items: number[], limit: number): Promise<number[]> {
  return run(() => mapWith(items, limit, double));
}

function* double(item: number): Operation<number> {
  yield* until(Promise.resolve());
  return item * 2;
}

/** `fetch`: gives the sizes. */
export function downloadAll(urls: string[], limit: number): Promise<number[]> {
  return run(() => mapWith(urls, limit, download));
}

function* download(url: string): Operation<number> {
  const response = yield* until(fetch(url));
  const body = yield* until(response.arrayBuffer());
  return body.byteLength;
}

function* mapWith<T, R>(
  items: T[],
  limit: number,
  map: (item: T) => Operation<R>,
): Operation<R[]> {
  const results = new Array<R>(items.length);
  const rest = items.entries();
  const tasks: Task<void>[] = [];
  for (let worker = 0; worker < limit; worker++) {
    tasks.push(yield* spawn(() => mapRest(rest, results, map)));
  }
  yield* all(tasks);
  return results;
}

function* mapRest<T, R>(
  rest: IterableIterator<[number, T]>,
  results: R[],
  map: (item: T) => Operation<R>,
): Operation<void> {
  for (const [index, item] of rest) results[index] = yield* map(item);
}

/** `channel_buffered`: a channel of Effection's has no bound, and drops what nobody is subscribed to. */
export function passItems(items: number): Promise<void> {
  return run(function* () {
    const channel = createChannel<number, void>();
    const subscription = yield* channel;
    const sender = yield* spawn(function* () {
      for (let item = 0; item < items; item++) yield* channel.send(item);
    });
    const receiver = yield* spawn(function* () {
      for (let item = 0; item < items; item++) yield* subscription.next();
    });
    yield* all([sender, receiver]);
  });
}

/** `channel_rendezvous`. */
export function playPingPong(items: number): Promise<void> {
  return run(function* () {
    const there = createChannel<number, void>();
    const back = createChannel<number, void>();
    const first = yield* spawn(() => serve(there, back, items / 2));
    const second = yield* spawn(() => giveBack(there, back, items / 2));
    yield* all([first, second]);
  });
}

function* serve(
  there: Channel<number, void>,
  back: Channel<number, void>,
  turns: number,
): Operation<void> {
  const returns = yield* back;
  yield* until(Promise.resolve()); // the other one subscribes
  for (let turn = 0; turn < turns; turn++) {
    yield* there.send(turn);
    yield* returns.next();
  }
}

function* giveBack(
  there: Channel<number, void>,
  back: Channel<number, void>,
  turns: number,
): Operation<void> {
  const services = yield* there;
  for (let turn = 0; turn < turns; turn++) {
    const { value } = yield* services.next();
    yield* back.send(value as number);
  }
}
