# Copyright 2026 the Tendril authors. MIT license.
import gc
import os
import random
import time

import gevent

from measure import report

COUNT = 50_000
UNTIL_ALL_SLEEP_S = 4.0
SPREAD_MS = 1_000
asleep = awake = 0


def sleep_once(seconds):
    global asleep, awake
    asleep += 1
    gevent.sleep(seconds)
    awake += 1


def memory():
    """Gives the resident bytes: nothing smaller counts C stacks and the loop's own timers."""
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


random.seed(1)
delays = [UNTIL_ALL_SLEEP_S + random.randrange(SPREAD_MS) / 1_000 for _ in range(COUNT)]
before = memory()
start = time.process_time()
sleepers = [gevent.spawn(sleep_once, seconds) for seconds in delays]
while asleep < COUNT:
    gevent.sleep(0.02)
start_of_pause = time.process_time()
held = memory() - before
pause = time.process_time() - start_of_pause
if awake > 0:
    raise RuntimeError("Sleepers woke before the memory was measured")
gevent.joinall(sleepers)
report("processor time", ns=(time.process_time() - start - pause) * 1e9 / COUNT)
report("heap", bytes=held / COUNT)
