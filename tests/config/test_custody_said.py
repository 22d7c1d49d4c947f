"""What an entry of the custody log says to people."""

from __future__ import annotations

import pytest

from config.custody_said import sentence
from config.language import LANGUAGES, Words

MIRRORED: list[dict[str, object]] = [
    {"event": "mirrored"},
    {"event": "removed"},
    {"event": "removed", "version_kept": True},
    {"event": "hold_set"},
    {"event": "hold_lifted"},
    {"event": "found_missing", "place": "mirror"},
    {"event": "found_altered", "place": "mirror"},
    {"event": "found_sound", "place": "mirror"},
    {"event": "repaired", "place": "mirror", "from": "archive"},
    {"event": "repaired", "place": "archive", "from": "mirror"},
]
ELSEWHERE: list[dict[str, object]] = [
    {"event": "found_missing", "place": "archive"},
    {"event": "found_altered", "place": "archive"},
    {"event": "found_sound", "place": "archive"},
    {"event": "repaired", "place": "archive", "from": "inbox"},
    {"event": "repaired", "place": "archive", "from": "released"},
    {"event": "source_moved", "original_name": "a.mp3", "to": "b.mp3"},
    {"event": "source_deleted", "original_name": "a.mp3"},
    {"event": "source_kept", "original_name": "a.mp3"},
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_happened_to_copies_is_a_sentence_that_names_the_mirror(language: str) -> None:
    told = [
        *(said | {"path": "张三/a.mp3"} for said in MIRRORED),
        *(said | {"path": "张三/a.mp3", "mirror": "nas"} for said in MIRRORED),
        *(said | {"path": "张三/a.mp3"} for said in ELSEWHERE),
    ]
    messages = [sentence(said) for said in told]
    sentences = [Words(language).say(one) for one in messages if one is not None]
    assert len(set(sentences)) == len(told)
    for said, text in zip(told, sentences, strict=True):
        assert ("nas" in text) == ("mirror" in said)


def test_an_event_without_a_sentence_has_none() -> None:
    assert sentence({"event": "anchored"}) is None
