"""What stands beside the portal, when it does not do what it should."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class SilentServer:
    """Takes every connection and all that is sent, and never answers."""

    def __init__(self, on_asked: Callable[[], object] = lambda: None) -> None:
        self.on_asked = on_asked
        self.taken: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._listening.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()

    def _take(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:  # closed
                return
            self.on_asked()
            self.taken.append(line)

    def close(self) -> None:
        """Hang up on everybody."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(10)
        for line in self.taken:
            line.close()


@contextmanager
def standing_still(folder: Path) -> Iterator[None]:
    """Stop every process of the PostgreSQL of a folder, as a machine that swaps to death does."""
    server = int((folder / "postmaster.pid").read_text().splitlines()[0])
    processes = [server, *_children(server)]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


def _children(parent: int) -> list[int]:
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(process) for process in found]
