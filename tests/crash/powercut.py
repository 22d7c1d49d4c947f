"""What may be on the disk where the power fails: a kill keeps what was written, it need not.

The calls of a run are replayed on a model of a disk that keeps only what it was told to. Bytes are
durable once their file was synced, names once their folder was; a rename is one step, as in every
journal. Right before each sync, and at the end, everything since may be there, or nothing, or the
names without the bytes, or all but one step: such states are laid down and judged like any other.
The store may lose an object that it took and was not asked to show.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from tests.crash.place import Place, place
from tests.crash.stage import Recorded, Stage, free
from tests.crash.trace import Call

_SYNCS = ("fsync", "fdatasync")


@dataclass(frozen=True, slots=True)
class Step:
    """One change that was not synced when it was made."""

    number: int
    kind: str
    """`write`, `truncate`; of names `create`, `rename`, `link`, `unlink`, `mkdir`, `rmdir`."""
    file: int = -1
    offset: int = 0
    data: bytes = b""
    path: str = ""
    onto: str = ""

    @property
    def is_data(self) -> bool:
        return self.kind in ("write", "truncate")

    @property
    def folders(self) -> set[str]:
        return {one.rpartition("/")[0] for one in (self.path, self.onto) if one}


@dataclass
class Disk:
    """Paths are relative to the office's folder."""

    files: dict[int, bytes]
    names: dict[str, int | None]
    """Files by number; `None` is a folder."""
    bucket: dict[str, bytes]
    pending: list[Step] = field(default_factory=list)
    opened: dict[int, tuple[int, int]] = field(default_factory=dict)
    """File and offset of each descriptor."""
    present: dict[str, int | None] = field(default_factory=dict)
    """The names as the running program sees them."""
    asked: dict[int, tuple[str, str, bytes]] = field(default_factory=dict)
    """What was asked of the bucket on each socket: method, key, bytes."""
    doubtful: set[str] = field(default_factory=set)
    """Keys of objects that the store took and did not show yet: it may have lost them."""
    count: int = 0

    @classmethod
    def of(cls, here: Place) -> Disk:
        files, names = dict[int, bytes](), dict[str, int | None]()
        root = here.desk.folder
        for path in sorted(here.desk.archive.rglob("*")):
            name = path.relative_to(root).as_posix()
            names[name] = None if path.is_dir() else len(files)
            if path.is_file():
                files[len(files)] = path.read_bytes()
        if here.desk.archive.exists():
            names["archive"] = None
        names[""] = None
        bucket = {}
        if here.bucket:
            bucket = {
                path.relative_to(here.bucket).as_posix(): path.read_bytes()
                for path in here.bucket.rglob("*")
                if path.is_file()
            }
        return cls(files, names, bucket, present=dict(names))

    def with_steps(
        self, chosen: Sequence[Step]
    ) -> tuple[dict[str, bytes | None], dict[str, bytes]]:
        """What is there after a power cut that kept these steps: files, folders, and the bucket."""
        names, files = dict(self.names), dict(self.files)
        for step in chosen:
            if step.is_data:
                files[step.file] = _written(files.get(step.file, b""), step)
            else:
                _rename(names, step)
        tree: dict[str, bytes | None] = {}
        for name, file in sorted(names.items()):
            parent = name.rpartition("/")[0]
            if name and (parent == "" or parent in tree):
                tree[name] = None if file is None else files.get(file, b"")
        return tree, dict(self.bucket)

    def sync(self, path: str, descriptor: int) -> None:
        """Makes durable what this file, or this folder, has."""
        is_folder = path in self.present and self.present[path] is None
        file = self.opened.get(descriptor, (-1, 0))[0]
        done = [
            step
            for step in self.pending
            if (not step.is_data and path in step.folders if is_folder else step.file == file)
            and (is_folder or step.is_data)
        ]
        for step in done:
            if step.is_data:
                self.files[step.file] = _written(self.files.get(step.file, b""), step)
            else:
                _rename(self.names, step)
        gone = {step.path: step.number for step in done if step.kind in ("rename", "unlink")}
        self.pending = [
            step
            for step in self.pending
            # A name that is durably gone is not made any more.
            if step not in done
            and not (step.kind == "create" and step.number < gone.get(step.path, 0))
        ]

    def note(self, kind: str, **what: object) -> None:
        self.count += 1
        step = Step(self.count, kind, **what)  # type: ignore[arg-type]  # its own fields
        self.pending.append(step)
        if not step.is_data:
            _rename(self.present, step)


def _written(content: bytes, step: Step) -> bytes:
    if step.kind == "truncate":
        return content[: step.offset].ljust(step.offset, b"\0")
    padded = content.ljust(step.offset, b"\0")
    return padded[: step.offset] + step.data + padded[step.offset + len(step.data) :]


def _rename(names: dict[str, int | None], step: Step) -> None:
    if step.kind == "create":
        names[step.path] = step.file
    elif step.kind == "mkdir":
        names[step.path] = None
    elif step.kind in ("unlink", "rmdir"):
        names.pop(step.path, None)
    else:
        names[step.onto] = step.file
        if step.kind == "rename":
            names.pop(step.path, None)


def cut_states(stage: Stage) -> Iterator[tuple[str, Callable[[], Place]]]:
    """Every different state that a power cut may leave, each with what lays it down."""
    disk = Disk.of(stage.base)
    seen: set[int] = set()
    for recorded in (stage.earlier, stage.recorded):
        for call in recorded.calls:
            if call.name in _SYNCS and recorded is stage.recorded:
                yield from _new(disk, stage, f"before {call.point}", seen)
            if call.result is not None and call.result >= 0:
                _replay(disk, call, recorded)
    yield from _new(disk, stage, "at the end", seen)


def _new(
    disk: Disk, stage: Stage, moment: str, seen: set[int]
) -> Iterator[tuple[str, Callable[[], Place]]]:
    for how, chosen, doubtful in _all_choices(disk):
        tree, bucket = disk.with_steps(chosen)
        bucket = {key: one for key, one in bucket.items() if key not in doubtful}
        key = hash((frozenset(tree.items()), frozenset(bucket.items())))
        if key not in seen:
            seen.add(key)
            yield f"{moment}, {how}", lambda tree=tree, bucket=bucket: _lay(stage, tree, bucket)  # type: ignore[misc]


def _all_choices(disk: Disk) -> Iterator[tuple[str, Sequence[Step], set[str]]]:
    for how, chosen in _choices(disk.pending):
        yield how, chosen, set()
    if disk.doubtful:
        yield "all since, without what the store did not show", disk.pending, disk.doubtful


def _choices(pending: Sequence[Step]) -> Iterator[tuple[str, Sequence[Step]]]:
    """Some of all ways to lose what was not synced: the short ones that find nearly all bugs."""
    names = [step for step in pending if not step.is_data]
    data = [step for step in pending if step.is_data]
    yield "nothing since", []
    yield "all since", pending
    yield "half of it", pending[: len(pending) // 2]
    yield "names alone", names
    yield "bytes alone", data
    yield "the last bytes alone", data[-1:]
    for file in sorted({step.file for step in data}):
        yield (
            f"without the bytes of file {file}",
            [step for step in pending if not (step.is_data and step.file == file)],
        )
    for one in names:
        yield f"without {one.kind} {one.number}", [step for step in pending if step is not one]
        yield f"{one.kind} {one.number} alone", [one]


def _replay(disk: Disk, call: Call, recorded: Recorded) -> None:
    paths = [
        Path(one).relative_to(recorded.root).as_posix()
        for one in call.paths
        if _within(one, recorded.root)
    ]
    if call.is_socket:
        _ask(disk, call)
    elif not paths or not paths[0].startswith("archive"):
        return
    elif call.name in _SYNCS:
        disk.sync(paths[0], call.descriptor)
    elif call.name == "openat":
        _open(disk, call, paths[0])
    elif call.name in ("write", "pwrite64", "ftruncate", "lseek", "close"):
        _work(disk, call)
    elif call.name in ("rename", "renameat", "renameat2", "link", "linkat"):
        kind = "rename" if call.name.startswith("rename") else "link"
        file = disk.present.get(paths[0])
        disk.note(kind, path=paths[0], onto=paths[1], file=-1 if file is None else file)
    elif call.name in ("mkdir", "mkdirat"):
        disk.note("mkdir", path=paths[0])
    elif call.name in ("unlink", "unlinkat", "rmdir"):
        disk.note("rmdir" if call.name == "rmdir" else "unlink", path=paths[0])


def _within(path: str, root: Path) -> bool:
    return path.startswith(f"{root}/")


def _open(disk: Disk, call: Call, path: str) -> None:
    file = disk.present.get(path)
    if file is None and path in disk.present:
        return  # a folder
    assert call.result is not None
    if file is None:
        disk.count += 1
        file = disk.count + 1_000_000
        disk.note("create", path=path, file=file)
    elif "O_TRUNC" in call.arguments:
        disk.note("truncate", file=file)
    disk.opened[call.result] = (file, 0)


def _work(disk: Disk, call: Call) -> None:
    if call.descriptor not in disk.opened:
        return
    file, offset = disk.opened[call.descriptor]
    assert call.result is not None
    if call.name == "close":
        del disk.opened[call.descriptor]
    elif call.name == "lseek":
        disk.opened[call.descriptor] = (file, call.result)
    elif call.name == "ftruncate":
        disk.note("truncate", file=file, offset=call.numbers[-1])
    else:
        data = call.texts[0][: call.result]
        at = call.numbers[-1] if call.name == "pwrite64" else offset
        disk.note("write", file=file, offset=at, data=data)
        if call.name == "write":
            disk.opened[call.descriptor] = (file, offset + len(data))


_COPIED = re.compile(rb"x-amz-copy-source: *(\S+)", re.IGNORECASE)


def _key(path: str) -> str:
    """Of `/bucket/key?query`, quoted."""
    return unquote(path.split("?", maxsplit=1)[0]).lstrip("/").partition("/")[2]


def _ask(disk: Disk, call: Call) -> None:
    """An object is there, or gone, once the store answers."""
    if call.name == "sendto" and call.texts:
        sent = call.texts[0][: call.result]
        head, _, body = sent.partition(b"\r\n\r\n")
        method, _, rest = head.split(b"\r\n")[0].decode("latin-1").partition(" ")
        if method in ("PUT", "DELETE", "HEAD", "GET"):
            if source := _COPIED.search(head):  # within the store
                body = disk.bucket.get(_key(source[1].decode("latin-1")), b"")
            disk.asked[call.descriptor] = (method, _key(rest.split(" ")[0]), body)
        elif call.descriptor in disk.asked:
            method, key, body = disk.asked[call.descriptor]
            disk.asked[call.descriptor] = (method, key, body + sent)
    elif call.name.startswith("recv") and call.result and call.descriptor in disk.asked:
        method, key, body = disk.asked.pop(call.descriptor)
        if method == "PUT":
            disk.bucket[key] = body
            disk.doubtful.add(key)
        else:
            disk.doubtful.discard(key)
        if method == "DELETE":
            disk.bucket.pop(key, None)


def _lay(stage: Stage, tree: Mapping[str, bytes | None], bucket: Mapping[str, bytes]) -> Place:
    here = place(free(stage.folder), stage.ready.server)
    shutil.copytree(stage.ready.desk.inbox, here.desk.inbox, dirs_exist_ok=True)
    for name, content in tree.items():
        path = here.desk.folder / name
        if content is None:
            path.mkdir(exist_ok=True)
        else:
            path.write_bytes(content)
    for key, content in bucket.items():
        assert here.bucket is not None
        path = here.bucket / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return here
