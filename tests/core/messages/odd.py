"""A mail server that misbehaves as it is told."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Answer = str | Callable[["OddServer", str], str]

SILENCE, GONE = "silence", "gone"  # never an answer; the line is closed


@dataclass
class OddServer:
    """What it answers to a verb, "greeting" or "end" (of DATA); anything else is 250.

    An answer may be a function of the server and the line. `taken` are the letters for which it
    has said 250.
    """

    says: dict[str, Answer] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    lines: list[socket.socket] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def talk(self, line: socket.socket) -> None:
        self.lines.append(line)
        with line, suppress(OSError), line.makefile("rb") as lines:
            if not self.answer(line, "greeting", "220 odd", ""):
                return
            while sent := lines.readline().decode().strip():
                self.heard.append(sent)
                verb = sent.split()[0].upper()
                if not self.answer(line, verb, "354 go on" if verb == "DATA" else "250 OK", sent):
                    return
                if verb == "DATA":
                    letter = "".join(iter(lambda: lines.readline().decode(), ".\r\n"))
                    said = self.answer(line, "end", "250 OK", sent)
                    if not said:
                        return
                    if said.startswith("250"):
                        self.taken.append(letter)

    def answer(self, line: socket.socket, verb: str, usual: str, sent: str) -> str:
        """Say it; "" where the line is to be closed."""
        answer = self.says.get(verb, usual)
        text = answer(self, sent) if callable(answer) else answer
        if text == SILENCE:
            self.over.wait(60)
        if text in (SILENCE, GONE):
            return ""
        line.sendall(f"{text}\r\n".encode())
        return text


@contextmanager
def odd_server(**says: Answer) -> Iterator[tuple[OddServer, str]]:
    """Such a server on the loopback, and its SMTP_URL; one thread a connection."""
    server = OddServer(says)
    with socket.create_server(("127.0.0.1", 0)) as door:
        threads = []

        def serve() -> None:
            with suppress(OSError):
                while True:
                    line, _ = door.accept()
                    threads.append(threading.Thread(target=server.talk, args=[line], daemon=True))
                    threads[-1].start()

        threads.append(threading.Thread(target=serve, daemon=True))
        threads[0].start()
        yield server, f"smtp://127.0.0.1:{door.getsockname()[1]}"
        server.over.set()
        door.shutdown(socket.SHUT_RDWR)
    for thread in threads:
        thread.join(30)
