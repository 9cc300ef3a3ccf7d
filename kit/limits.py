"""How often one network may ask for something that only reads: counted in this process.

Bounded memory: the oldest networks are forgotten. N processes allow N times as much; what
writes is counted in the database by the room that writes (trust table, section 4).
"""

import time
from collections import OrderedDict, deque
from threading import Lock


class Recent:
    """``allow(key)`` is True at most ``most`` times in any ``seconds``, for each key."""

    def __init__(self, most, seconds, *, keys=10_000, clock=time.monotonic):
        self.most, self.seconds, self.keys, self.clock = most, seconds, keys, clock
        self.seen: OrderedDict[str, deque] = OrderedDict()
        self.lock = Lock()

    def allow(self, key):
        now = self.clock()
        with self.lock:
            times = self.seen.setdefault(key, deque())
            self.seen.move_to_end(key)
            while len(self.seen) > self.keys:
                self.seen.popitem(last=False)
            while times and now - times[0] >= self.seconds:
                times.popleft()
            if len(times) >= self.most:
                return False
            times.append(now)
            return True
