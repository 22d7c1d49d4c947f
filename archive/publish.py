"""Giving a file its final name without ever overwriting another: one operation of each system.

POSIX has no such rename; Linux has `renameat2`, and everywhere else `link` + `unlink` serves, which
may leave both names after a kill: recovery knows that they are one file.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
_MOVEFILE_WRITE_THROUGH = 0x8
_BUSY = {5, 32, 33}
"""Access denied, sharing violation, lock violation: another program, often antivirus, has it."""
_NO_LINKS = {errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP}
"""What link(2) answers where the file system has none: FAT, and many in user space."""
_PAUSES = (0.1, 0.2, 0.4, 0.8, 1.6)


def publish(source: Path, target: Path) -> str:
    """Renames within one volume; returns by which means.

    FileExistsError if `target` is there; OSError with ENOTSUP where the volume has no means.
    """
    if sys.platform == "win32":
        _patiently(lambda: _move_windows(source, target), time.sleep)
        return "MoveFileExW"
    if _renameat2(source, target):
        return "renameat2"
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno in _NO_LINKS:  # it is not the user who lacks a right
            raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP), str(target)) from error
        raise
    source.unlink()
    return "link + unlink"


def make_folder(folder: Path) -> None:
    """Makes a folder and each missing one above it durably; FileExistsError if one is a file."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Makes the names in `folder` durable; on Windows WRITE_THROUGH has done that."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _renameat2(source: Path, target: Path) -> bool:
    """False where the system or the file system has no rename that refuses to overwrite."""
    call = _libc_renameat2()
    if call is None:
        return False
    done = call(_AT_FDCWD, os.fsencode(source), _AT_FDCWD, os.fsencode(target), _RENAME_NOREPLACE)
    if done == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code), str(source), None, str(target))


@cache
def _libc_renameat2() -> Callable[..., int] | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return None
    call.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    call.restype = ctypes.c_int
    found: Callable[..., int] = call
    return found


def _patiently(move: Callable[[], None], pause: Callable[[float], None]) -> None:
    """Repeats what another program's grip on the file prevents, for about three seconds."""
    for seconds in _PAUSES:
        try:
            move()
        except OSError as error:
            if getattr(error, "winerror", None) not in _BUSY:
                raise
            pause(seconds)
        else:
            return
    move()


def _move_windows(source: Path, target: Path) -> None:
    """Neither REPLACE_EXISTING nor COPY_ALLOWED: it fails rather than overwrite or half-copy."""
    if sys.platform == "win32":  # pragma: no cover - not run on this system
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        if not kernel.MoveFileExW(str(source), str(target), _MOVEFILE_WRITE_THROUGH):
            raise ctypes.WinError(ctypes.get_last_error())
