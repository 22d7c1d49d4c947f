"""A recording is probed, and what was found is said in few words."""

from __future__ import annotations

from pathlib import Path

from config.language import LANGUAGES, Words
from ingest.probe import Probe, probe


def look(path: Path) -> Probe:
    """Probes, and sees to it that every note can be said in every language."""
    found = probe(path)
    for note in found.notes:
        said = [Words(language).say(note) for language in LANGUAGES]
        assert len(set(said)) == len(LANGUAGES)
        assert all("{" not in sentence for sentence in said)
    return found


def keys(found: Probe) -> str:
    return " ".join(note.key.removeprefix("sound.") for note in found.notes)


def values(found: Probe, key: str) -> dict[str, str]:
    return next(dict(note.values) for note in found.notes if note.key == f"sound.{key}")


def near(seconds: float | None, truth: float) -> bool:
    return seconds is not None and abs(seconds - truth) <= max(0.1, truth / 100)


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
