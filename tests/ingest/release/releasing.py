"""An office that releases sources: what it takes in, and where all that lies afterwards."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from config.language import LANGUAGES, Words
from ingest.inbox_pass import Clock
from ingest.summary import Summary
from tests.ingest.small_office import (
    DAY,
    EVENING,
    SHEET,
    SmallOffice,
    office,
    recorded,
    sheet,
    sound,
    tree,
)
from tests.s3_server import S3Server

CHEN = recorded("陈建国", "15405381201", "091207")
LIU = recorded("刘海燕", "13869170000", "094011")
PRIVATE = recorded("妈妈", "15405389999", "120533")
COPY = f"{DAY}/李强/{Path(LIU).name}"
ROWS = [("陈建国", "15405381201", "9:12"), ("刘海燕", "13869170000", "9:40")]
SOUNDS = {CHEN: sound(1), LIU: sound(2), PRIVATE: sound(3), COPY: sound(2)}
SET = Clock(lambda: EVENING, own=False)
ANOTHER = bytes(reversed(sound(1)))
"""Other bytes, as many."""


def desk_bucket(desk: SmallOffice) -> str:
    """The bucket of the office in this folder."""
    return f"bucket-{desk.folder.parent.name.replace('_', '-').lower()}"


def that(policy: str, desk: SmallOffice) -> SmallOffice:
    """The office with another policy."""
    released = desk.folder / "inbox-released"
    inbox = replace(desk.settings.inbox, release=policy, released=released)
    return replace(desk, settings=replace(desk.settings, inbox=inbox))


def an_office(folder: Path, server: S3Server, policy: str) -> SmallOffice:
    desk = office(folder)
    (server.folder / desk_bucket(desk)).mkdir(exist_ok=True)
    return that(policy, desk.with_mirror(server.endpoint_url, desk_bucket(desk)))


def hand_over(desk: SmallOffice) -> None:
    """Two customers' calls, a private one that stays in holding, a copy, and the sheet."""
    for source, content in SOUNDS.items():
        desk.drop(source, content)
    desk.drop(SHEET, sheet(ROWS))


def inbox(desk: SmallOffice) -> set[str]:
    return set(tree(desk.inbox))


def moved(desk: SmallOffice) -> dict[str, str]:
    """What lies where sources are moved to: SHA-256 by path."""
    folder = desk.settings.inbox.released
    return {path: digest for path, (digest, _) in tree(folder).items()}


def releases(desk: SmallOffice) -> list[tuple[str, str]]:
    """What custody says of sources: event and original name, in order of the names."""
    told = [one for one in desk.custody() if one["event"].startswith("source_")]
    return sorted((one["original_name"], one["event"]) for one in told)


def told(summary: Summary) -> list[str]:
    """The problems, which can be said in every language."""
    for problem in summary.released.problems:
        assert all(Words(language).say(problem) for language in LANGUAGES)
    return [problem.key for problem in summary.released.problems]


def object_of(desk: SmallOffice, source: str) -> Path:
    (line,) = [one for one in desk.report()["recordings"] if one["source"] == source]
    bucket = desk.folder.parents[1] / "bucket" / desk_bucket(desk)
    return bucket / str(line["archive_path"])


def in_archive(desk: SmallOffice, source: str) -> Path:
    (line,) = [one for one in desk.report()["recordings"] if one["source"] == source]
    return desk.archive / str(line["archive_path"])
