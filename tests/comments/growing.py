"""How time grows with the size of what is worked on (trust table, V1)."""

import time

STEP = 2.5  # times for twice the size; a square would be 4
FREE = 0.05  # seconds under which nobody counts
ROUNDS = 8


def times_of(work, sizes):
    """Return the least time of ``work(size)`` for three sizes, each the double of the one before.

    Measured in turn and again until the growth is small enough, at most ROUNDS times: a busy
    machine slows one measure, not the least of many.
    """
    best = dict.fromkeys(sizes, float("inf"))
    for _ in range(ROUNDS):
        for size in sizes:
            start = time.process_time()
            work(size)
            best[size] = min(best[size], time.process_time() - start)
        if is_linear(best.values()):
            break
    return list(best.values())


def is_linear(times):
    once, _, four = times
    return four < FREE or four < once * STEP * STEP
