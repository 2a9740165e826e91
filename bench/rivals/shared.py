# Copyright 2026 the Tendril authors. MIT license.
import sys
from multiprocessing import Lock, Pipe, Process, Queue, SimpleQueue, Value

from measure import per_operation, report

NUMBER = 12345
OBJECT = {"id": 7, "name": "bread", "tags": ["a", "b"]}


def take(times):
    for _ in range(times):
        lock.acquire()
        lock.release()


def take_with(times):
    for _ in range(times):
        with lock:
            pass


def put_numbers(times):
    for _ in range(times):
        queue.put(NUMBER)


def put_objects(times):
    for _ in range(times):
        queue.put(OBJECT)


def get(times):
    for _ in range(times):
        queue.get()


def add(times):
    for _ in range(times):
        with value.get_lock():
            value.value += 1


def serve(orders):
    """Runs what it is told to, again and again, in a process of its own."""
    while True:
        work, times = orders.recv()
        work(times)
        orders.send(None)


def together(mine, theirs, share=1):
    """Does one part of the work here and one in the other process."""

    def batch(times):
        other.send((theirs, times // share))
        mine(times // share)
        other.recv()

    return batch


if __name__ == "__main__":
    lock = Lock()
    queue = SimpleQueue() if sys.argv[1] == "SimpleQueue" else Queue(100)
    value = Value("i", 0)
    other, orders = Pipe()
    Process(target=serve, args=(orders,), daemon=True).start()
    report("queue of numbers", ns=per_operation(together(get, put_numbers)))
    report("queue of objects", ns=per_operation(together(get, put_objects)))
    if sys.argv[1] != "SimpleQueue":
        report("lock, free", ns=per_operation(take))
        report("lock, free, by its lease", ns=per_operation(take_with))
        report("lock, two want it", ns=per_operation(together(take, take, 2)))
        report("number, two add", ns=per_operation(together(add, add, 2)))
