"""Folders of the settings: where each lies when nothing is said, and whether one is in another."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from config import values
from config.given import Found, Given, Problem
from config.values import WrongValueError

OWN_FOLDER = ".callvault"
"""callvault's own in the archive, which verifying passes over."""


def real(path: Path) -> Path:
    """Behind links. Where they lead round in a circle it stays as it is: `Path.resolve` raises a
    RuntimeError there before Python 3.13.
    """
    return Path(os.path.realpath(path))


def inside(inner: Path, outer: Path) -> bool:
    """Also behind links."""
    return real(inner).is_relative_to(real(outer))


def place_catalogue(found: Found, archive: Given, problems: list[Problem]) -> None:
    """Where nothing else is said, the catalogue lies inside the archive."""
    folder, catalogue = found["archive"].get("path"), found["catalogue"]
    if folder is not None and catalogue.get("url", "") is None:
        try:
            catalogue["url"] = values.sqlite_file(folder / OWN_FOLDER / "catalogue.sqlite")
        except WrongValueError as error:
            problems.append(archive.problem(error.code, name="[archive] path", **error.values))


def place_released(inbox: dict[str, Any]) -> None:
    """Where nothing else is said, what is moved out of the inbox goes beside it."""
    path = inbox.get("path")
    if path is not None and inbox.get("released", path) is None:
        inbox["released"] = path.parent / f"{path.name}-released"
