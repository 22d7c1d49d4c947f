"""How telephone exchanges and call-centre systems name their recordings."""

from __future__ import annotations

import re

from ingest.name_form import Form
from ingest.stamps import HMS, T14, YMD, Parts

_EXTENSION = re.compile(r"\d{2,5}", re.ASCII)
# FreePBX calls the first number the destination: the customer where a call went out, and an
# extension, a queue or a group where one came in.
_OUTWARD = frozenset({"out"})
_INWARD = frozenset({"in", "external", "q", "queue", "rg", "group", "vm", "ivr"})


def _freepbx(parts: Parts) -> Parts:
    kind, to, by = parts["kind"], parts["to"], parts["by"]
    if kind in _OUTWARD:
        return {**parts, "number": to, "direction": "out"}
    if kind in _INWARD:
        return {**parts, "number": by, "direction": "in"}
    return {**parts, "number": f"{_outside(to)},{_outside(by)}"}


def _three_cx(parts: Parts) -> Parts:
    """The calling side stands first; the name in brackets is the other party's, or its number."""
    calling, called = parts["calling"], parts["called"]
    if _outside(calling) == _outside(called) == "":
        return parts
    if not _outside(calling):
        return {**parts, "number": called, "direction": "out"}
    return {**parts, "number": calling, "direction": "in"}


def _outside(number: str | None) -> str:
    """The number, or nothing where it is an extension."""
    return "" if number is None or _EXTENSION.fullmatch(number) else number


# Told apart from a file manager's copy `x(38).wav`: here the bracket is the call's number.
THREE_CX = re.compile(
    rf"\[(?P<contact>[^\]]*)\]_(?P<calling>[^_-]*)-(?P<called>[^_-]*)_{T14}(?:\(\d+\))?", re.ASCII
)

FORMS: tuple[Form, ...] = (
    Form(
        "freepbx",
        re.compile(
            rf"(?P<kind>[a-z]+)-(?P<to>[^-]*)-(?P<by>[^-]*)-{YMD}-{HMS}"
            r"-(?:[\w-]+-)?(?P<epoch>\d{9,10})\.\d+",
            re.ASCII,
        ),
        _freepbx,
    ),
    Form("3cx", THREE_CX, _three_cx),
    Form(
        "cincc",
        re.compile(rf"\d{{4,5}}A(?P<number>\d{{5,}})C{T14}\w*?S\d{{17}}\w*", re.ASCII),
    ),
    Form(
        "vicidial",
        re.compile(
            rf"{YMD}-{HMS}_(?P<number>\+?\d{{5,}})(?:_[A-Za-z0-9]+)*(?:-(?:all|in|out))?", re.ASCII
        ),
    ),
)
