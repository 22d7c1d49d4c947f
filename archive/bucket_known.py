"""What was found out about the mirror's bucket, kept in `.callvault/bucket.json` of the archive.

It is no evidence and can be found out again at any time, so it is neither in the catalogue nor in
custody files. It is of one bucket as the settings name it: with other settings nothing is known.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.layout import PRIVATE
from archive.trial import Outcome, Result, Trial
from config.language import LANGUAGES, Message, Words
from config.settings import Mirror

_FORM = 1
_ABOUT = (
    *("bucket", "prefix", "endpoint_url", "region", "addressing_style", "profile"),
    *("store", "encryption", "kms_key", "lock"),
)
"""The settings that make it another bucket, or ask other things of it."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    at: datetime
    """Aware: when it was found out."""
    trials: Sequence[Trial]

    @property
    def conclusive(self) -> bool:
        """Whether the bucket was there and answered everything."""
        outcomes = {one.name: one.result.outcome for one in self.trials}
        reached = outcomes.get("reached") is Outcome.PASS
        return reached and Outcome.UNKNOWN not in outcomes.values()


def known(archive: Path, mirror: Mirror) -> Known | None:
    """What is known of the bucket; `None` where nothing was kept that can be used."""
    try:
        told = json.loads(_file(archive).read_text(encoding="utf-8"))
        if (told["form"], told["of"]) != (_FORM, _of(mirror)):
            return None
        found = Known(datetime.fromisoformat(told["at"]), [_trial(one) for one in told["trials"]])
        return found if found.at.tzinfo and all(map(_can_be_said, found.trials)) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep(archive: Path, mirror: Mirror, found: Known) -> None:
    """Keeps it in place of what was known before; where it cannot, it is found out again."""
    file = _file(archive)
    told = {
        "form": _FORM,
        "at": found.at.isoformat(),
        "of": _of(mirror),
        "trials": [_told(one) for one in found.trials],
    }
    fresh = file.with_suffix(".new")
    try:
        fresh.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
        fresh.replace(file)  # knowledge, no evidence: the old is not needed
    except OSError as error:
        log.warning("what the bucket does could not be kept: %s", error)


def _file(archive: Path) -> Path:
    return archive / PRIVATE / "bucket.json"


def _of(mirror: Mirror) -> dict[str, Any]:
    return {name: getattr(mirror, name) for name in _ABOUT}


def _told(one: Trial) -> dict[str, Any]:
    means = one.result.means
    return {
        "name": one.name,
        "must": one.must,
        "outcome": one.result.outcome.value,
        "does": _packed(one.result.message),
        "means": means and _packed(means),
    }


def _trial(told: Any) -> Trial:
    means = _message(told["means"]) if told["means"] else None
    result = Result(Outcome(told["outcome"]), _message(told["does"]), means)
    return Trial("mirror", told["name"], told["must"], result)


def _packed(message: Message) -> list[Any]:
    return [message.key, dict(message.values)]


def _message(packed: Any) -> Message:
    key, values = packed
    return Message.of(key, **values)


def _can_be_said(one: Trial) -> bool:
    """Another version's sentences may be gone, or ask for other values."""
    said = (Message(f"selftest.try_mirror_{one.name}"), one.result.message, one.result.means)
    try:
        return all(Words(of).say(message) for of in LANGUAGES for message in said if message)
    except KeyError:
        return False
