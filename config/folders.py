"""Folders of the settings: where each lies when nothing is said, and whether one is in another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from config import values
from config.given import Found, Given, Problem
from config.values import WrongValueError


def inside(inner: Path, outer: Path) -> bool:
    """Also behind links."""
    return inner.resolve().is_relative_to(outer.resolve())


def place_catalogue(found: Found, archive: Given, problems: list[Problem]) -> None:
    """Where nothing else is said, the catalogue lies inside the archive."""
    folder, catalogue = found["archive"].get("path"), found["catalogue"]
    if folder is not None and catalogue.get("url", "") is None:
        try:
            catalogue["url"] = values.sqlite_file(folder / ".callvault" / "catalogue.sqlite")
        except WrongValueError as error:
            problems.append(archive.problem(error.code, name="[archive] path", **error.values))


def place_released(inbox: dict[str, Any]) -> None:
    """Where nothing else is said, what is moved out of the inbox goes beside it."""
    path = inbox.get("path")
    if path is not None and inbox.get("released", path) is None:
        inbox["released"] = path.parent / f"{path.name}-released"
