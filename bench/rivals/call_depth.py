# Copyright 2026 the Tendril authors. MIT license.
import statistics
import sys
import time

from greenlet import getcurrent, greenlet

from measure import SAMPLE_TIME, report

sys.setrecursionlimit(1_000_000)
main = getcurrent()
left = right = None
start = stop = 0


def dive(depth, turns, other):
    if depth > 1:
        dive(depth - 1, turns, other)
    else:
        take_turns(turns, other)


def take_turns(turns, other):
    global start, stop
    # Waits here until both are at the bottom.
    main.switch()
    start = time.perf_counter_ns()
    for _ in range(turns):
        other().switch()
    stop = stop or time.perf_counter_ns()


def watched(depth, turns):
    """Gives the time from the last arrival at the bottom to the first departure."""
    global left, right, stop
    stop = 0
    left, right = greenlet(dive), greenlet(dive)
    left.switch(depth, turns // 2, lambda: right)
    right.switch(depth, turns // 2, lambda: left)
    left.switch()
    right.switch()
    return stop - start


def per_turn(depth):
    turns = 1_000
    while watched(depth, turns) < SAMPLE_TIME:
        turns *= 2
    return statistics.median(watched(depth, turns) / turns for _ in range(5))


for depth in (1, 10, 100, 1_000, 100_000):
    report(f"depth {depth:,}", ns=per_turn(depth))
