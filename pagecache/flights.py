"""One render at a time for a page: one reader makes it, the others wait or take the old one."""

from collections import OrderedDict
from threading import Event, Lock

MOST_UNKEPT = 1000
UNKEPT_SECONDS = 10.0


class Flights:
    def __init__(self):
        self.lock = Lock()
        self.under_way: dict[object, Event] = {}
        self.unkept: OrderedDict[object, float] = OrderedDict()

    def join(self, key) -> Event | None:
        """Return None to who shall render ``key`` and ``land()``, else the event to wait for."""
        with self.lock:
            if key in self.under_way:
                return self.under_way[key]
            self.under_way[key] = Event()
            return None

    def land(self, key) -> None:
        with self.lock:
            self.under_way.pop(key).set()

    def note_unkept(self, key, now) -> None:
        """Nobody shall wait for a page that is not going to be kept."""
        with self.lock:
            self.unkept[key] = now + UNKEPT_SECONDS
            self.unkept.move_to_end(key)
            while len(self.unkept) > MOST_UNKEPT:
                self.unkept.popitem(last=False)

    def is_unkept(self, key, now) -> bool:
        return now < self.unkept.get(key, 0.0)
