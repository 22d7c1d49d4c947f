"""All trials of a disk, and which of them it failed."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from archive.selftest_disk import disk_trials
from archive.trial import Outcome, Trial
from config.language import LANGUAGES, Words

linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux's own means")


def tried(root: Path) -> Mapping[str, Trial]:
    """All trials by their names; every sentence is there, and the scratch folder is gone."""
    found = {one.name: one for one in disk_trials(root)}
    for one in found.values():
        for language in LANGUAGES:
            words = Words(language)
            assert words(f"selftest.try_archive_{one.name}")
            assert words.say(one.result.message)
    return found


def wrong(found: Mapping[str, Trial]) -> Mapping[str, str]:
    """The sentence's key of each that failed; the free room of this computer is no matter here."""
    return {
        name: one.result.message.key
        for name, one in found.items()
        if one.result.outcome is Outcome.FAIL and name != "room"
    }


def said(one: Trial) -> str:
    return one.result.message.key.removeprefix("selftest.")
