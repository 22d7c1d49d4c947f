"""Which names the archive's volume keeps: long ones, Chinese ones, and what it takes for equal."""

from __future__ import annotations

import errno
import unicodedata
from collections.abc import Callable
from itertools import islice

from archive import layout
from archive.errors import DiskError
from archive.store import Staged, Store
from archive.trial import Result, failed, passed

_LONGEST = (
    "张" * (layout.NAME_BYTES // 3),
    "2026-11-16",
    "录" * (layout.NAME_BYTES // 3) + " (12)",
)
"""A customer's folder, a day and a recording, each as long as `layout` makes them."""
_ODD = {
    "chinese": "张三·欧阳",
    "rare": "𠮷野家𰻞",  # beyond the 16 bits that old systems keep a character in
    "emoji": "王总 😀",
    "spaces": "a b  c",
    "signs": "O'Neil & Söhne 100% +#;,=[x] (2)",
}

_NOT_A_NAME = {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.ENOENT}
"""What systems say to a name that they cannot keep; Windows says "not there" to a path too long.
They name it: of a folder that cannot be flushed Linux says EINVAL, too, and no name.
"""


def _long(store: Store) -> Result:
    folder, day, name = _LONGEST
    if not _kept(store, f"{folder}/{day}/{name}.mp3"):
        return failed("names_long", bytes=len(name.encode()) + 4)
    path = store.path(f"{folder}/{day}/{name}.mp3")
    return passed("names_long_fit", bytes=layout.NAME_BYTES, whole=len(bytes(path)))


def _odd(store: Store) -> Result:
    lost = [kind for kind, name in _ODD.items() if not _kept(store, f"{name}/{name}.mp3")]
    return failed("names_odd", kinds=", ".join(lost)) if lost else passed("names_odd_fit")


def _case(store: Store) -> Result:
    """Told, and nothing more: no two names of the archive differ only in case."""
    store.path("Case").write_bytes(b"")
    return passed("case_ignored" if store.exists("cASE") else "case_kept")


def _normal_form(store: Store) -> Result:
    """Some systems keep letters and their accents apart; a name must be found as it was given."""
    composed = unicodedata.normalize("NFC", "né 가.mp3")
    apart = unicodedata.normalize("NFD", composed)
    store.path("forms").mkdir()
    store.path("forms/" + composed).write_bytes(b"")
    if not store.exists("forms/" + composed):
        return failed("form_lost")
    listed = [one.name for one in store.path("forms").iterdir()]
    if listed != [composed]:
        return passed("form_changed")
    return passed("form_ignored" if store.exists("forms/" + apart) else "form_kept")


def _dots(store: Store) -> Result:
    """Told, and nothing more: no name of the archive ends in a dot."""
    folder = store.path("dots")
    folder.mkdir()
    try:
        (folder / "name.").write_bytes(b"")
    except OSError:
        return passed("dots_refused")
    listed = [one.name for one in folder.iterdir()]
    return passed("dots_kept" if listed == ["name."] else "dots_dropped")


def _kept(store: Store, relative: str) -> bool:
    """Whether a file gets exactly this name, and is found and read by it."""
    contents = relative.encode()
    path = store.path(f"{layout.STAGING}/named")
    path.write_bytes(contents)
    try:
        store.publish(Staged(path, "", len(contents)), relative)
    except FileExistsError:  # it was taken for another name
        return False
    except DiskError as error:
        cause = error.__cause__
        if isinstance(cause, OSError) and cause.filename and cause.errno in _NOT_A_NAME:
            return False
        raise
    final = store.path(relative)
    listed = [one.name for one in islice(final.parent.iterdir(), 2)]
    return listed == [final.name] and final.read_bytes() == contents


NAME_TRIALS: tuple[tuple[str, bool, Callable[[Store], Result]], ...] = (
    ("names_long", True, _long),
    ("names_odd", True, _odd),
    ("case", False, _case),
    ("normal_form", True, _normal_form),
    ("dots", False, _dots),
)
