"""Whether an archive that was there before is there: a disk that is away is no new archive.

Beside the settings file stands `<settings file>.archive`, which lists the archives that were worked
on, one path a line. Where such an archive lacks callvault's own folder, its disk is not connected,
and nothing may be made in its place: on the bare mount point it would look like a new one.
"""

from __future__ import annotations

import logging
from pathlib import Path

from archive.errors import GoneError
from archive.layout import PRIVATE
from config.language import Message
from config.settings import Settings

log = logging.getLogger(__name__)


def require(settings: Settings, *, known: bool = False) -> None:
    """Raises GoneError where the archive was worked on before, or is `known`, and is not there."""
    root = settings.archive.path
    if identity(root) is None and (known or str(root.absolute()) in _listed(settings)):
        raise GoneError(Message.of("archive.gone", path=root, list=_list(settings)))


def remember(settings: Settings) -> None:
    """Lists the archive as one that was worked on."""
    path, listed = str(settings.archive.path.absolute()), _listed(settings)
    if path in listed:
        return
    try:
        text = "".join(f"{one}\n" for one in (*listed, path))
        _list(settings).write_text(text, encoding="utf-8")
    except (OSError, UnicodeEncodeError) as error:
        # Without it a disk that is away when callvault starts is not told from a new archive.
        log.warning("the archive cannot be listed beside the settings: %s", error)


def identity(root: Path) -> tuple[int, int] | None:
    """What tells an archive from another at its place; `None` where there is none."""
    return identity_of(root / PRIVATE)


def identity_of(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from another of its name; `None` where there is none."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _list(settings: Settings) -> Path:
    return settings.source.with_name(f"{settings.source.name}.archive")


def _listed(settings: Settings) -> list[str]:
    try:
        return _list(settings).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
