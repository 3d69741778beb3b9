"""Processes that stay are stopped in the middle of their work: in order, at once, and without a word about it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from tests.acceptance.command_line import TIEOUT, CommandLine, sandbox

AT_ONCE_S = 12.0


@contextmanager
def silent(address: tuple[str, int]) -> Iterator[threading.Event]:
    """A system that takes every connection and never answers; the event tells that somebody asked."""
    asked, taken = threading.Event(), []
    with socket.create_server(address, reuse_port=False) as door:
        door.settimeout(60)

        def listen() -> None:
            while True:
                try:
                    taken.append(door.accept()[0])
                except OSError:
                    return
                asked.set()

        threading.Thread(target=listen, daemon=True).start()
        try:
            yield asked
        finally:
            door.shutdown(socket.SHUT_RDWR)
            for connection in taken:
                connection.close()


@pytest.mark.parametrize(
    ("command", "number"),
    [(("serve", "--port", "0"), signal.SIGTERM), (("worker",), signal.SIGINT)],
    ids=["serve", "worker"],
)
def test_a_worker_that_is_stopped_in_the_middle_of_a_job_says_nothing(
    tieout: CommandLine, command: tuple[str, ...], number: signal.Signals
) -> None:
    with sandbox(tieout) as connection:
        tieout("pair", "add", "main", "--from", "-", given=json.dumps(connection))
    address = urlsplit(connection["freshbooks"]["url"])
    assert address.hostname is not None
    assert address.port is not None
    with (
        silent((address.hostname, address.port)) as asked,
        subprocess.Popen(
            (*TIEOUT, *command),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=tieout.environment,
        ) as process,
    ):
        assert asked.wait(40), "it polls"
        process.send_signal(number)
        _, log = process.communicate(timeout=AT_ONCE_S)
    tieout.keep("", log)
    assert (log, process.returncode) == ("", 0)
