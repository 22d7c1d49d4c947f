"""What strace wrote down of a run: its system calls, and which of them touch the office.

A point is a call's name and the how many-th of that name it is, as strace's `when=` counts them.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

BEGIN = "/the-program-begins"
"""Is looked for once when the program begins: what was called before is not the program's."""
FOLLOWED = "trace=%file,%desc,%network"
"""Calls by path, by descriptor and on sockets: all that files, database and mirror are made of."""
RECORD = ("-xx", "-s", "1000000", "-e", FOLLOWED, "-e", "signal=none")
"""Strace's options for a record that has every byte."""

_LINE = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+|\?)(?:\(|\s|$)", re.DOTALL)
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_FIRST = re.compile(r"\s*(AT_FDCWD|-?\d+)")
_BY_PATH = frozenset(
    """access faccessat faccessat2 chdir chmod fchmodat creat link linkat lstat mkdir mkdirat
    newfstatat open openat readlink readlinkat rename renameat renameat2 rmdir stat statfs statx
    symlink truncate unlink unlinkat utimensat""".split()  # noqa: SIM905
)
_MUTATING = frozenset(
    """copy_file_range creat fallocate fdatasync fsync ftruncate link linkat mkdir mkdirat pwrite64
    pwritev rename renameat renameat2 rmdir sendfile sendmsg sendto symlink truncate unlink unlinkat
    write writev""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True, order=True)
class Point:
    call: str
    count: int
    """1 for the first of that name."""

    def __str__(self) -> str:
        return f"{self.call} {self.count}"


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: str
    """As strace writes them."""
    result: int | None
    """`None` where the process ended in it."""
    point: Point
    paths: tuple[str, ...]
    """The paths that it names, or the one its descriptor was opened with."""
    is_socket: bool

    @property
    def texts(self) -> list[bytes]:
        """What stands between quotation marks."""
        return [bytes.fromhex(one.replace("\\x", "")) for one in _TEXT.findall(self.arguments)]

    @property
    def descriptor(self) -> int:
        found = _FIRST.match(self.arguments)
        return int(found[1]) if found and found[1] != "AT_FDCWD" else -1

    @property
    def numbers(self) -> list[int]:
        """The plain numbers among its arguments."""
        bare = _TEXT.sub('""', self.arguments)
        return [int(one) for one in bare.split(", ") if re.fullmatch(r"-?\d+", one)]

    @property
    def alters(self) -> bool:
        """It may change what is on the disk or in the bucket."""
        if self.name == "openat":
            return "O_CREAT" in self.arguments or "O_TRUNC" in self.arguments
        return self.name in _MUTATING

    def within(self, folder: Path) -> bool:
        """It touches something in `folder`, or a socket: the mirror's."""
        root = str(folder)
        return self.is_socket or any(
            one == root or one.startswith(root + "/") for one in self.paths
        )


def read(log: Path) -> list[Call]:
    """The calls of a run that `RECORD` wrote, from its beginning on."""
    begun = False
    calls = []
    for call in _calls(log.read_text("ascii").splitlines()):
        if begun:
            calls.append(call)
        begun = begun or BEGIN in call.paths
    return calls


def _calls(lines: Sequence[str]) -> Iterator[Call]:
    opened: dict[int, str] = {}
    sockets: set[int] = set()
    counts: Counter[str] = Counter()
    for line in lines:
        found = _LINE.match(line)
        if found is None or line.startswith("restart_syscall"):
            continue
        name, arguments = found[1], found[2]
        result = None if found[3] == "?" else int(found[3])
        counts[name] += 1
        first = _FIRST.match(arguments)
        descriptor = int(first[1]) if first and first[1] != "AT_FDCWD" else -1
        texts = [
            os.fsdecode(bytes.fromhex(one.replace("\\x", ""))) for one in _TEXT.findall(arguments)
        ]
        paths = _paths(name, texts, opened.get(descriptor))
        yield Call(name, arguments, result, Point(name, counts[name]), paths, descriptor in sockets)
        if result is not None and result >= 0:
            _follow(name, arguments, result, descriptor, paths, opened, sockets)


def _paths(name: str, texts: Sequence[str], opened: str | None) -> tuple[str, ...]:
    if name in _BY_PATH and texts:
        return tuple(os.path.join(opened or "", one) if one else opened or "" for one in texts)  # noqa: PTH118
    return (opened,) if opened is not None else ()


def _follow(
    name: str,
    arguments: str,
    result: int,
    descriptor: int,
    paths: Sequence[str],
    opened: dict[int, str],
    sockets: set[int],
) -> None:
    """Keeps what each descriptor stands for."""
    if name in ("openat", "open", "creat"):
        opened[result] = paths[0]
    elif name == "socket":
        sockets.add(result)
    elif name in ("dup", "dup2", "dup3") or (name == "fcntl" and "F_DUPFD" in arguments):
        if descriptor in opened:
            opened[result] = opened[descriptor]
        if descriptor in sockets:
            sockets.add(result)
    elif name == "close":
        opened.pop(descriptor, None)
        sockets.discard(descriptor)
