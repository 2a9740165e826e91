# Copyright 2026 the Tendril authors. MIT license.
"""Timing for the Python rivals: each scenario prints JSON lines {name, ns}."""

import json
import time

SAMPLE_TIME = 20e6
WARM_UP_TIME = 100e6
SAMPLES = 15


def report(name, **value):
    """Prints one value of a case under the name of its unit: ns, bytes or count."""
    print(json.dumps({"name": name, **value}))


def per_operation(batch):
    """Warms an operation up and gives the lower quartile of several samples in nanoseconds.

    What else the machine does only adds time.
    """
    times, spent = 2, 0
    while True:
        elapsed = timed(lambda: batch(times))
        spent += elapsed
        if elapsed < SAMPLE_TIME / 2:
            times *= 2
        elif spent >= WARM_UP_TIME:
            break
    samples = sorted(timed(lambda: batch(times)) / times for _ in range(SAMPLES))
    return samples[SAMPLES // 4]


def timed(work):
    """Gives how many nanoseconds the work took."""
    start = time.perf_counter_ns()
    work()
    return time.perf_counter_ns() - start
