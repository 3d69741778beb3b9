"""Hosts of their own for workers: network namespaces, whose link to everything else can be unplugged.

Behind an unplugged link nothing is refused and nothing is reset: what is under way is sent again and again by the kernel, and nobody is told. A crossing
(``network.py``), which answers for both sides, cannot show that. Only root may make them, where the machine has the program ``ip``.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class NoNamespaces(Exception):
    """The machine does not let them be made; the text says why."""


@dataclass(frozen=True)
class Host:
    """A namespace with one link to the machine that it stands on."""

    name: str
    link: str
    address: str

    def inside(self, *command: str) -> tuple[str, ...]:
        """The command that runs a command there; it becomes that command, with the same process number."""
        return ("nsenter", f"--net=/run/netns/{self.name}", *command)

    def unplug(self) -> None:
        """Whatever is sent from now on is lost, in both directions."""
        _ip("link", "set", self.link, "down")

    def plug(self) -> None:
        _ip("link", "set", self.link, "up")


@contextmanager
def hosts(count: int) -> Iterator[tuple[str, list[Host]]]:
    """An address of this machine that so many hosts can reach, and the hosts. Raises NoNamespaces."""
    if os.geteuid() != 0:
        raise NoNamespaces("only root may make network namespaces")
    if not all(shutil.which(program) for program in ("ip", "nsenter")):
        raise NoNamespaces("this machine has no program ip (Debian: iproute2)")
    part = random.randrange(1, 250)
    here = f"10.213.{part}.1"
    made = [
        Host(f"tieout-{part}-{n}", f"tieout{part}n{n}", f"10.213.{part}.{4 * n + 6}")
        for n in range(count)
    ]
    try:
        _ip("address", "add", f"{here}/32", "dev", "lo")
        for number, host in enumerate(made):
            _connect(host, f"10.213.{part}.{4 * number + 5}")
        yield here, made
    finally:
        for host in made:
            _ip("netns", "delete", host.name, must=False)
        _ip("address", "delete", f"{here}/32", "dev", "lo", must=False)


def _connect(host: Host, near: str) -> None:
    """Make the host with a link of two addresses; everything else lies behind the near one."""
    inside = ("-n", host.name)
    _ip("netns", "add", host.name)
    _ip("link", "add", host.link, "type", "veth", "peer", "name", "far", "netns", host.name)
    _ip("address", "add", f"{near}/30", "dev", host.link)
    _ip("link", "set", host.link, "up")
    _ip(*inside, "address", "add", f"{host.address}/30", "dev", "far")
    _ip(*inside, "link", "set", "far", "up")
    _ip(*inside, "link", "set", "lo", "up")
    _ip(*inside, "route", "add", "default", "via", near)


def _ip(*words: str, must: bool = True) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, check=False, text=True)
    if must and done.returncode:
        raise NoNamespaces(
            f"this machine does not let network namespaces be made: {done.stderr.strip()}"
        )
