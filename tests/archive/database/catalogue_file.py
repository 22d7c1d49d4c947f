"""How a catalogue's file is named and refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archive.errors import CatalogueError
from config.language import LANGUAGES, Words


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def refused(action: Callable[[], object], sentence: str) -> str:
    with pytest.raises(CatalogueError) as caught:
        action()
    assert caught.value.message.key == f"archive.{sentence}"
    return " ".join(Words(language).say(caught.value.message) for language in LANGUAGES)
