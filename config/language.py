"""Every sentence callvault says to a person, in Chinese and English.

Rooms speak in messages (a key and values); only where something is shown does a message become a
sentence, so the catalogue and the JSON that scripts read never depend on the language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence not yet put into words: `Message("problems.date_unreadable", text="abc")`."""

    key: str
    values: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, key: str, /, **values: object) -> Message:
        return cls(key, tuple((name, str(value)) for name, value in values.items()))


class Words:
    """The sentences of one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, /, **values: object) -> str:
        """The sentence for `key`, such as `reasons.number_equal`; KeyError for an unknown key."""
        return sentences()[key][self.language].format(**values)

    def say(self, message: Message) -> str:
        return self(message.key, **dict(message.values))


@cache
def sentences() -> Mapping[str, Mapping[str, str]]:
    """All sentences: `{"file.key": {"zh": ..., "en": ...}}`, one file a topic in `config/words`."""
    found: dict[str, Mapping[str, str]] = {}
    for path in sorted((Path(__file__).parent / "words").glob("*.toml")):
        topic = tomllib.loads(path.read_text(encoding="utf-8"))
        found.update({f"{path.stem}.{key}": said for key, said in topic.items()})
    return found
