"""Files that are replaced are written whole or not at all: none of these is evidence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written(path: Path, *, lasting: bool = False) -> Iterator[Path]:
    """A path beside `path` to write to, which takes its place at the end; `lasting`: once its bytes
    outlive a power cut, for what is not written again.

    Raises OSError if that cannot be done: on Windows also while a program has `path` open.
    """
    unfinished = path.with_name(f".{path.name}.part")
    try:
        yield unfinished
        if lasting:
            with unfinished.open("rb+") as file:
                os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
