"""What an entry of the custody log says, as a sentence's key and values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from config.language import Message, sentences


def sentence(said: Mapping[str, Any]) -> Message | None:
    """The sentence of an entry's body; `None` of an event that has none."""
    kind = _kind(said)
    key = f"custody.event_{said['event']}" + (f"_{kind}" if kind else "")
    if said.get("mirror") and f"{key}_further" in sentences():
        key = f"{key}_further"
    return Message.of(key, **_values(said)) if key in sentences() else None


def _kind(said: Mapping[str, Any]) -> str | None:
    """By what sentences of one event differ."""
    if said["event"] == "disposal_withdrawn":
        return said.get("reason")
    if said["event"] == "repaired" and said["place"] == "archive":
        return f"archive_{said['from']}"
    return "version" if said.get("version_kept") else said.get("how") or said.get("place")


def _values(said: Mapping[str, Any]) -> dict[str, object]:
    """What sentences name; an entry says only some of it."""
    call = said.get("call") or {}
    where = f"{call['sheet']}:{call['line']}" if call.get("sheet") else said.get("row")
    return {
        "path": said.get("path") or said.get("key") or "",
        "source": said.get("original_name") or "",
        "customer": said.get("customer") or said.get("customer_key") or "–",
        "collector": said.get("collector") or "–",
        "row": where or "–",
        "by": said.get("by") or "–",
        "verdict": said.get("verdict") or "",
        "why": said.get("why") or "",
        "value": said.get("value") or "",
        "mirror": said.get("mirror") or "",
        "to": said.get("to") or "",
        "day": said.get("handed_over_for") or "",
        "finding": said.get("finding") or "",
        "reason": said.get("reason") or "",
        "sha256": said.get("copy_sha256") or said.get("sha256") or "",
    }
