"""How the collectors' phones name what they record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is heard, as the phone knows them."""

    contact: str | None
    """`None`: not saved."""
    number: str

    @property
    def spaced(self) -> str:
        return f"{self.number[:3]} {self.number[3:7]} {self.number[7:]}"


def _miui(caller: Caller, at: datetime) -> str:
    return f"通话录音@{caller.contact or caller.spaced}({caller.number})_{at:%Y%m%d%H%M%S}"


def _huawei(caller: Caller, at: datetime) -> str:
    who = f"{caller.contact}@{caller.number}" if caller.contact else caller.spaced
    return f"{who}_{at:%Y%m%d%H%M%S}"


def _coloros(caller: Caller, at: datetime) -> str:
    return f"{caller.contact or caller.number}-{at:%y%m%d%H%M}"


def _samsung(caller: Caller, at: datetime) -> str:
    return f"通话录音 {caller.contact or caller.number}_{at:%y%m%d_%H%M%S}"


def _vivo(caller: Caller, at: datetime) -> str:
    return f"{caller.contact or caller.number} {at:%Y-%m-%d %H-%M-%S}"


RECORDERS: Mapping[str, Callable[[Caller, datetime], str]] = {
    "miui": _miui,
    "huawei": _huawei,
    "coloros": _coloros,
    "samsung": _samsung,
    "vivo": _vivo,
}
"""The stem of a file's name, by the kind of phone."""
NUMBERED = ("miui", "huawei")
"""These tell the number also of whom they have saved."""
NAMED = "coloros"
"""It tells the name alone of whom it has saved."""
