"""Where a person says something: the office's settings, its language, who speaks, and when."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from archive import presence
from archive.catalogue.database import Catalogue, Transaction, open_catalogue
from archive.catalogue.recordings import by_ids
from archive.keeping import require_newest
from archive.records import Recording
from archive.said_records import Confirmed
from archive.store import Store
from config.language import Words
from config.settings import Settings
from config.visible import visible
from ingest.act import Speaker
from ingest.following import Followed, follow
from ingest.hearing import Ears
from ingest.inbox_pass import Clock
from ingest.logged_on import enter, user
from ingest.naming import Roots

DONE, FAILED, NEEDS_A_PERSON = 0, 1, 3


@dataclass(frozen=True, slots=True)
class Told:
    """What a command says, and how it ends."""

    output: str
    notes: tuple[str, ...] = ()
    """For stderr."""
    exit_code: int = DONE


@dataclass(frozen=True, slots=True)
class Desk:
    settings: Settings
    words: Words
    clock: Clock
    by: str

    @classmethod
    def of(cls, settings: Settings, words: Words) -> Desk:
        """Now, with the computer's own clock, and whoever is logged on."""
        return cls(settings, words, Clock.of_computer(settings.office.timezone), user())

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """One transaction that may write, whoever else works on the archive."""
        with self._opened() as catalogue, catalogue.transaction() as tx:
            yield tx

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        with self._opened() as catalogue, catalogue.reading() as tx:
            yield tx

    @contextmanager
    def _opened(self) -> Iterator[Catalogue]:
        presence.require(self.settings)
        catalogue = open_catalogue(self.settings.catalogue.url)
        try:
            require_newest(catalogue, Store(self.settings.archive.path))
            yield catalogue
        finally:
            catalogue.close()

    @property
    def speaker(self) -> Speaker:
        return Speaker(self.by, self.clock.now())

    @property
    def roots(self) -> Roots:
        return Roots(self.settings.inbox.path, self.settings.archive.path)

    @property
    def ears(self) -> Ears:
        return Ears.of(self.settings)

    def enter(self, event: str, details: Mapping[str, object]) -> None:
        """Writes down that somebody is about to be shown something."""
        enter(self.settings, event, details, self.by, self.clock.now())

    def follow(self, *, mirror: bool = True) -> Followed:
        return follow(self.settings, self.clock, mirror=mirror)

    def after(self, recording: int) -> Recording:
        """A recording as it stands now."""
        with self.reading() as tx:
            return by_ids(tx, [recording])[0]

    def notes(self, followed: Followed) -> tuple[str, ...]:
        """What is to be said where the files or objects do not follow yet."""
        if followed.by_daemon:
            return (self.words("word.by_daemon"),)
        if followed.mirror is not None:
            return (self.words("word.mirror_later", why=self.words.say(followed.mirror)),)
        return ()

    def said(self, key: str, /, **values: object) -> str:
        """A sentence that may hold what people and recorders wrote, fit for a screen."""
        return visible(self.words(key, **values))

    def local(self, moment: datetime) -> datetime:
        """In the office's time zone."""
        return moment.astimezone(self.settings.office.timezone)

    def minute(self, moment: datetime) -> str:
        """As people read it."""
        return f"{self.local(moment):%Y-%m-%d %H:%M}"

    def instant(self, moment: datetime) -> str:
        """As JSON has it."""
        return self.local(moment).isoformat(timespec="seconds")

    def memory(self, key: str, one: Confirmed, customer: str) -> str:
        kind = self.words(f"word.{one.kind}")
        return self.said(key, kind=kind, value=one.value, customer=customer)


def as_json(told: object) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def lines(*said: str) -> str:
    return "".join(f"{one}\n" for one in said)


def recording_json(one: Recording) -> dict[str, object]:
    return {"id": one.id, "sha256": one.sha256, "source": one.source, "archive_path": one.path}


def memory_json(one: Confirmed) -> dict[str, object]:
    return {"kind": str(one.kind), "value": one.value}
