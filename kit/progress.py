"""A bar on a terminal, nothing elsewhere: a log is not a place for a bar."""

WIDTH = 40


class Progress:
    def __init__(self, stream, total):
        self.stream, self.total, self.done = stream, max(1, total), 0
        self.shown = getattr(stream, "isatty", lambda: False)()

    def step(self):
        self.done += 1
        if self.shown:
            full = min(WIDTH, WIDTH * self.done // self.total)
            bar = "#" * full + "." * (WIDTH - full)
            self.stream.write(f"\r[{bar}] {self.done} / {self.total}", ending="")
            self.stream.flush()

    def end(self):
        if self.shown and self.done:
            self.stream.write("")
