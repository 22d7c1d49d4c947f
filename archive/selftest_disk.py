"""What the archive relies on, tried on its own volume, in a folder that is removed again.

What can be seen at once is tried: that fsync answers, not that the disk's cache obeys it, for which
one would have to cut the power.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event, Thread

from archive import layout
from archive.publish import sync_folder
from archive.selftest_child import started
from archive.selftest_names import NAME_TRIALS
from archive.store import Staged, Store, disk_error
from archive.trial import Outcome, Result, Trial, attempt, failed, passed, unknown
from archive.volumes import file_system, is_passing, is_share, mounted_below, place_of
from config.language import Message

SCRATCH = f"{layout.PRIVATE}/selftest"
_LITTLE = 2 << 30
"""Bytes: less than a day of a busy office needs is worth a word."""
_FEW_FILES = 10_000
_MOVES = 50
_NO_FLUSHING = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}
"""What fsync(2) answers of a file or folder that it cannot flush."""
_LARGE = (1 << 20) + 1
"""Bytes of a copy that is made in more than one piece."""


def disk_trials(root: Path) -> Iterator[Trial]:
    """Tries the volume of the archive at `root`; nothing is raised, nothing is left behind."""
    for name, must, look in (
        ("volume", True, _volume),
        ("lasting", False, _lasting),
        ("one_volume", True, _one_volume),
        ("room", False, _room),
        ("files", False, _files),
    ):
        yield Trial("archive", name, must, _on_disk(root, partial(look, root)))
    scratch = root / SCRATCH
    shutil.rmtree(scratch, ignore_errors=True)  # a selftest that was killed left it
    store = Store(scratch)
    try:
        prepared = _on_disk(root, partial(_prepared, store))
        yield Trial("archive", "writable", True, prepared)
        if prepared.outcome is Outcome.PASS:
            for name, must, trial in (*_TRIALS, *NAME_TRIALS):
                yield Trial("archive", name, must, _on_disk(root, partial(trial, store)))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if scratch.exists():
        yield Trial("archive", "removed", False, failed("not_removed", path=scratch))


def _on_disk(root: Path, look: Callable[[], Result]) -> Result:
    """The store's advice is about its folder, which here is the scratch folder of an archive."""
    try:
        result = attempt(look)
    except OSError as error:
        return Result(Outcome.FAIL, disk_error(error, root).message)
    scratch = str(root / SCRATCH)
    named = {name: value.replace(scratch, str(root)) for name, value in result.message.values}
    return replace(result, message=Message.of(result.message.key, **named))


def _volume(root: Path) -> Result:
    place = place_of(root)
    share = is_share(place)
    kind = file_system(place) or place.path.drive or "?"
    if share:
        return Result(Outcome.FAIL, Message.of("archive.on_share", path=root, kind=kind))
    return passed("volume_local", kind=kind) if share is False else unknown("volume", kind=kind)


def _lasting(root: Path) -> Result:
    place = place_of(root)
    told = failed if is_passing(place) else passed
    return told("passing" if is_passing(place) else "lasting", kind=file_system(place) or "-")


def _one_volume(root: Path) -> Result:
    """Recordings move between the archive's folders by renames, which no volume is left by."""
    apart = set(mounted_below(place_of(root)))
    if root.is_dir():
        own = root.stat().st_dev
        folders = [root / layout.STAGING, *(one for one in root.iterdir() if one.is_dir())]
        apart |= {str(one) for one in folders if one.exists() and one.stat().st_dev != own}
    if apart:
        return failed("several_volumes", paths=", ".join(sorted(apart)[:5]))
    return passed("one_volume")


def _room(root: Path) -> Result:
    free = shutil.disk_usage(place_of(root).path).free
    told = passed if free >= _LITTLE else failed
    return told("room" if free >= _LITTLE else "little_room", free=f"{free / (1 << 30):.1f}")


def _files(root: Path) -> Result:
    """Some file systems hold only so many files, whatever room there is."""
    if sys.platform == "win32":
        return passed("files_unlimited")
    found = os.statvfs(place_of(root).path)
    if not found.f_files:
        return passed("files_unlimited")
    enough = found.f_favail >= _FEW_FILES
    return (passed if enough else failed)("files" if enough else "few_files", count=found.f_favail)


def _prepared(store: Store) -> Result:
    store.path(layout.STAGING).mkdir(parents=True)
    return passed("writable", path=store.root.parents[1])


def _written(store: Store) -> Result:
    """A copy as admission makes it, published, synced and read back."""
    contents = os.urandom(_LARGE)
    source = store.path("source")
    source.write_bytes(contents)
    began = time.perf_counter()
    staged = store.stage(source, "copy", 2 * _LARGE)
    store.publish(staged, f"{layout.HOLDING}/2026-11-16/copy")
    store.sync([f"{layout.HOLDING}/2026-11-16/copy"])
    took = time.perf_counter() - began
    whole = store.path(f"{layout.HOLDING}/2026-11-16/copy").read_bytes() == contents
    return passed("written", ms=f"{took * 1000:.1f}") if whole else failed("read_otherwise")


def _file_sync(store: Store) -> Result:
    with store.path("synced").open("wb") as writer:
        writer.write(b"a call")
        writer.flush()
        began = time.perf_counter()
        if not_known := _unflushed(lambda: os.fsync(writer.fileno())):
            return not_known
    return passed("file_sync", ms=f"{(time.perf_counter() - began) * 1000:.2f}")


def _folder_sync(store: Store) -> Result:
    if not_known := _unflushed(lambda: sync_folder(store.root)):
        return not_known
    return passed("folder_sync_windows" if sys.platform == "win32" else "folder_sync")


def _unflushed(flush: Callable[[], None]) -> Result | None:
    """A file system that knows no flushing is not one that is broken, or badly connected."""
    try:
        flush()
    except OSError as error:
        if error.errno not in _NO_FLUSHING:
            raise
        return failed("no_flushing", error=error.strerror)
    return None


def staged(store: Store, name: str, contents: bytes) -> Staged:
    """A copy without a final name yet, made without the cost of syncing it."""
    path = store.path(f"{layout.STAGING}/{name}")
    path.write_bytes(contents)
    return Staged(path, "", len(contents))


def _publish(store: Store) -> Result:
    """A taken name is refused and both files stay; a free one is given, across folders too."""
    store.path("taken").write_bytes(b"the first")
    late = staged(store, "late", b"the second")
    try:
        store.publish(late, "taken")
    except FileExistsError:
        pass
    else:
        return failed("overwrites")
    if (store.path("taken").read_bytes(), late.path.read_bytes()) != (b"the first", b"the second"):
        return failed("overwrites")
    means = store.publish(late, f"{layout.HOLDING}/late")
    store.move(f"{layout.HOLDING}/late", "张三/2026-11-16/late")
    whole = store.path("张三/2026-11-16/late").read_bytes() == b"the second"
    return passed("publish", means=means) if whole else failed("read_otherwise")


def _link(store: Store) -> Result:
    """The other means of Linux, which is taken where the first is not to be had."""
    if sys.platform == "win32":
        return passed("link_needless")
    for name in ("one", "other"):
        store.path(name).write_bytes(name.encode())
    try:
        os.link(store.path("one"), store.path("other"), follow_symlinks=False)
    except FileExistsError:  # which says nothing yet of whether there are links at all
        return _links(store)
    except OSError:
        return passed("link_needless")
    return failed("overwrites")


def _links(store: Store) -> Result:
    try:
        os.link(store.path("one"), store.path("free"), follow_symlinks=False)
    except OSError:
        return passed("link_needless")
    return passed("link")


def _atomic(store: Store) -> Result:
    """While files get their names a thread looks: each has one name at least, and none is half."""
    contents = bytes(4096)
    pairs = [
        (staged(store, f"atomic-{count}", contents), f"atomic/{count}") for count in range(_MOVES)
    ]
    seen: list[str] = []
    over, done = Event(), False

    def look() -> None:
        for one, name in pairs:
            there = True
            while there and not over.is_set():
                there = one.path.exists()  # looked at first: what has left it must have arrived
                seen.append(_state(store.path(name), len(contents), there))

    looking = Thread(target=look)
    looking.start()
    try:
        for one, name in pairs:
            store.publish(one, name)
        done = True
    finally:
        if not done:
            over.set()
        looking.join()
    bad = [one for one in seen if one]
    return failed(bad[0]) if bad else passed("atomic", looks=len(seen), moves=_MOVES)


def _state(path: Path, size: int, still_staged: bool) -> str:
    try:
        return "" if path.stat().st_size == size else "seen_half"
    except FileNotFoundError:
        return "" if still_staged else "seen_nowhere"


def _lock(store: Store) -> Result:
    """Two processes: what one holds the other does not get, and a kill lets it go."""
    from filelock import FileLock, Timeout

    path = store.path("lock")
    with started("lock", path) as ready:
        if not ready:
            return failed("lock_not_held")
        try:
            with FileLock(path, timeout=0):
                return failed("lock_shared")
        except Timeout:
            pass
    try:
        with FileLock(path, timeout=2):
            return passed("lock")
    except Timeout:
        return failed("lock_kept")


_TRIALS: tuple[tuple[str, bool, Callable[[Store], Result]], ...] = (
    ("written", True, _written),
    ("file_sync", True, _file_sync),
    ("folder_sync", True, _folder_sync),
    ("publish", True, _publish),
    ("link", False, _link),
    ("atomic", True, _atomic),
    ("lock", True, _lock),
)
