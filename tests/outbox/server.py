"""A small SMTP server on loopback: keeps what it is given, and answers as badly as it is told to."""

import socketserver
import threading
from contextlib import suppress
from email import message_from_bytes, policy
from typing import NamedTuple

DROP = "drop"  # hang up without a word
HANG = "hang"  # say nothing until ``released``


class Received(NamedTuple):
    sender: str
    to: list
    data: bytes

    @property
    def mail(self):
        return message_from_bytes(self.data, policy=policy.default)


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.server.site.sessions += 1
        self.sender, self.to = "", []
        with suppress(ConnectionError):
            going = self.reply(self.answer("HELLO", "") or "220 test")
            while going and (line := self.rfile.readline()):
                verb, _, argument = line.decode("utf-8", "replace").strip().partition(" ")
                going = self.obey(verb.upper(), argument)

    def obey(self, verb, argument):
        """Answer one command. False to hang up."""
        if own := self.answer(verb, argument):
            return self.reply(own)
        if verb == "MAIL":
            self.sender, self.to = argument[5:].split(">")[0].strip("< "), []
        elif verb == "RCPT":
            self.to.append(argument[3:].strip("<> "))
        elif verb == "DATA":
            self.reply("354 go on")
            return self.take()
        elif verb == "QUIT":
            return self.reply("221 bye")
        return self.reply("250 ok")

    def take(self):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            if self.answer("LINE", str(len(lines))) == DROP:
                return False
        own = self.answer("END", "")
        if not own:
            received = Received(self.sender, self.to, b"".join(lines))
            self.server.site.received.append(received)
            own = self.answer("KEPT", "")
        return self.reply(own or "250 kept")

    def answer(self, verb, argument):
        """What the test wants said at this point, or None for the usual."""
        wish = self.server.site.wishes.get(verb)
        return wish(argument) if callable(wish) else wish

    def reply(self, line):
        if line == HANG:
            self.server.site.held.set()
            self.server.site.released.wait(30)
        if line in (HANG, DROP):
            return False
        self.wfile.write(f"{line}\r\n".encode())
        return not line.startswith(("221", "421"))


class Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True


class MailServer:
    """``wishes`` maps a point of the talk to an answer, or to a function that gives one.

    Points: HELLO (the first word), a verb, LINE (in the middle of DATA), END (the mail is whole and
    not taken), KEPT (it is taken, the worker not yet told).
    """

    def __init__(self):
        self.port, self.listener = 0, None
        self.received, self.wishes, self.sessions = [], {}, 0
        self.held, self.released = threading.Event(), threading.Event()

    def start(self):
        self.listener = Listener(("127.0.0.1", self.port), Session)
        self.listener.site = self
        self.port = self.listener.server_address[1]
        threading.Thread(target=self.listener.serve_forever, args=[0.02]).start()
        return self

    def stop(self):
        self.released.set()
        if self.listener:
            self.listener.shutdown()
            self.listener.server_close()
        self.listener = None

    @property
    def recipients(self):
        return [address for received in self.received for address in received.to]
