# Copyright 2026 the Tendril authors. MIT license.
from hashlib import sha256
from multiprocessing import Pool

from measure import per_operation, report

BYTES = bytes(1 << 20)


def primes(below):
    count = 0
    for n in range(2, below):
        d = 2
        while d * d <= n and n % d:
            d += 1
        count += d * d > n
    return count


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def digest(_):
    return sha256(BYTES).hexdigest()


WORKS = {
    "primes below 30,000": (primes, 30_000),
    "fib(24)": (fib, 24),
    "SHA-256 of 1 MB": (digest, 0),
}

if __name__ == "__main__":
    for name, (work, argument) in WORKS.items():
        for count, workers in ((1, "one worker"), (2, "two workers")):
            with Pool(count) as pool:
                ns = per_operation(lambda times: pool.map(work, [argument] * times, chunksize=1))
                report(f"{name}, {workers}", ns=ns)
