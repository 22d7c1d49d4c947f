"""What `callvault repair` did, as text or JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from archive.repair import Mended, Outcome
from config.language import Words
from config.visible import visible

UNDONE = (Outcome.POSSIBLE, Outcome.NO_GOOD_COPY, Outcome.FAILED)
"""What still needs a person."""


def as_json(every: Sequence[Mended], words: Words) -> str:
    told = [
        {
            "recording": one.kept.recording,
            "sha256": one.kept.sha256,
            "path": one.kept.path,
            "place": one.place.value,
            **({"mirror": one.mirror} if one.mirror else {}),
            "flaw": one.flaw.value if one.flaw else None,
            "outcome": one.outcome.value,
            "from": one.good.where if one.good else None,
            "aside": one.aside,
            "message": sentence(one, words),
        }
        for one in every
    ]
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def as_text(every: Sequence[Mended], words: Words) -> str:
    if not every:
        return f"{words('repair.nothing')}\n"
    counts = Counter(one.outcome for one in every)
    told = [visible(sentence(one, words)) for one in every]
    told.append(words("repair.done", **{str(one): counts[one] for one in Outcome}))
    return "".join(f"{line}\n" for line in told)


def sentence(one: Mended, words: Words) -> str:
    key = "aside" if one.outcome is Outcome.REPAIRED and one.aside else one.outcome.value
    if one.outcome is Outcome.NO_GOOD_COPY and one.error:
        key = "none_reached"
    elif one.outcome is Outcome.NO_GOOD_COPY and one.kept.recording is None:
        key = "no_good_sheet" if one.kept.source else "no_good_paper"
    return words(
        f"repair.{key}",
        file=one.kept.path,
        source=one.kept.source,
        place=_named(words(f"verify.place_{one.place}"), one.mirror),
        good=_named(words(f"repair.good_{one.good.where}"), one.good.mirror) if one.good else "",
        aside=one.aside,
        error=words.say(one.error) if one.error else "",
    )


def _named(place: str, mirror: str) -> str:
    return f"{place} {mirror}" if mirror else place
