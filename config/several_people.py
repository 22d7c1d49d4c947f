"""Several people where one is asked for: a folder 王芳、李雷 is both ones', kept as one text."""

from __future__ import annotations

from collections.abc import Iterable

_BETWEEN = "、"


def together(names: Iterable[str]) -> str:
    """One text for all of them; empty for nobody."""
    return _BETWEEN.join(names)


def each_of(names: str | None) -> tuple[str, ...]:
    """Whom a text of `together` names; nobody where it says nothing."""
    return tuple(names.split(_BETWEEN)) if names else ()
