"""`callvault verify-export`: a package, held against itself and the office's custody log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from archive.catalogue import log
from archive.catalogue.database import Transaction
from archive.custody import Entry
from audit import verify_bag
from audit.export import own_program
from audit.export_plan import ExportError
from audit.verify_bag import Checked
from config.language import LANGUAGES, Message, Words
from config.visible import visible

PROGRAM = "verify.py"


@dataclass(frozen=True, slots=True)
class Verified:
    checked: Checked
    own_program: bool | None
    """Whether its program is this callvault's; `None`: it has none that can be read."""
    exported: tuple[Entry, ...] | None
    """What the office's custody log says of it; `None`: no office was asked."""

    @property
    def sound(self) -> bool:
        return not self.checked.problems

    @property
    def known(self) -> bool:
        """An office that was asked does know that it gave this out."""
        return self.exported is None or bool(self.exported)


def verify(path: Path, tx: Transaction | None) -> Verified:
    """`tx` of the office's catalogue, where there is one; ExportError where there is no package."""
    try:
        tree = verify_bag.opened(path)
        checked = verify_bag.check(tree)
        program = verify_bag.contents(tree, PROGRAM)
    except verify_bag.UNREADABLE as error:
        said = getattr(error, "strerror", None) or str(error)
        raise ExportError(Message.of("export.no_package", path=path, error=said)) from error
    exported = None
    if tx is not None and checked.tag_sha256:
        told = log.of(tx, checked.tag_sha256)
        exported = tuple(one for one in told if _body(one)["event"] == "exported")
    return Verified(checked, None if program is None else program == own_program(), exported)


def as_json(verified: Verified) -> str:
    checked = verified.checked
    told = {
        "sound": verified.sound,
        "recordings": checked.recordings,
        "files": checked.files,
        "custody_entries": checked.entries,
        "proven_recordings": checked.proven,
        "time_stamps": len(checked.stamps),
        "tagmanifest_sha256": checked.tag_sha256 or None,
        "own_program": verified.own_program,
        "exported": None
        if verified.exported is None
        else [_body(one) | {"hash": one.hash} for one in verified.exported],
        "problems": [{"code": code, "where": where} for code, where in checked.problems],
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def as_text(verified: Verified, words: Words, zone: tzinfo) -> str:
    checked = verified.checked
    if checked.problems:
        return "".join(f"{visible(line)}\n" for line in _problems(checked, words))
    counts = {"recordings": checked.recordings, "files": checked.files, "entries": checked.entries}
    told = [words("export.sound", **counts), words("export.proven", count=checked.proven)]
    told.append(words("export.number", sha256=checked.tag_sha256))
    if checked.stamps:
        told.append(words("export.stamps", count=len(checked.stamps)))
    told.append(words("export.own_program" if verified.own_program else "export.other_program"))
    told += _known(verified, words, zone)
    return "".join(f"{visible(line)}\n" for line in told)


def _problems(checked: Checked, words: Words) -> Sequence[str]:
    language = LANGUAGES.index(words.language)
    some = checked.problems[: verify_bag.MOST]
    told = [f"✗ {verify_bag.SENTENCES[code][language]}: {where}" for code, where in some]
    return [*told, words("export.unsound", count=len(checked.problems))]


def _known(verified: Verified, words: Words, zone: tzinfo) -> Sequence[str]:
    if verified.exported is None:
        return []
    if not verified.exported:
        return [words("export.unknown")]
    return [
        words("export.known", seq=one.seq, by=body["by"], at=_at(body["at"], zone))
        for one in verified.exported
        for body in (_body(one),)
    ]


def _at(said: str, zone: tzinfo) -> str:
    return f"{datetime.fromisoformat(said).astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _body(one: Entry) -> dict[str, str]:
    body: dict[str, str] = json.loads(one.entry)
    return body
