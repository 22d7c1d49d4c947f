"""An archive whose disk is away is not taken for a new one."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from archive import presence
from archive.errors import GoneError
from config.language import LANGUAGES, Words
from config.settings import Archive, Settings
from tests.ingest.small_office import office


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = office(tmp_path / "office").settings
    return replace(made, source=tmp_path / "callvault.toml")


def begin(settings: Settings) -> None:
    (settings.archive.path / ".callvault").mkdir(parents=True)
    presence.remember(settings)


def test_an_archive_that_was_never_there_may_be_begun(settings: Settings) -> None:
    presence.require(settings)
    settings.archive.path.mkdir()
    presence.require(settings)


@pytest.mark.parametrize("mount_point", [True, False])
def test_one_that_was_there_is_away_without_its_own_folder(
    settings: Settings, mount_point: bool
) -> None:
    begin(settings)
    presence.require(settings)
    shutil.rmtree(settings.archive.path)
    if mount_point:
        settings.archive.path.mkdir()
    with pytest.raises(GoneError) as caught:
        presence.require(settings)
    for language in LANGUAGES:
        said = Words(language).say(caught.value.message)
        assert str(settings.archive.path) in said
        assert "callvault.toml.archive" in said
    (settings.archive.path / ".callvault").mkdir(parents=True)
    presence.require(settings)


def test_another_place_may_be_begun_and_both_are_remembered(settings: Settings) -> None:
    begin(settings)
    other = replace(settings, archive=Archive(settings.archive.path.with_name("other"), "x"))
    presence.require(other)
    begin(other)
    begin_again = presence._list(settings).read_text(encoding="utf-8")
    presence.remember(other)
    assert presence._list(settings).read_text(encoding="utf-8") == begin_again
    for one in (settings, other):
        shutil.rmtree(one.archive.path)
        with pytest.raises(GoneError):
            presence.require(one)


def test_who_takes_the_line_away_may_begin_anew(settings: Settings) -> None:
    begin(settings)
    shutil.rmtree(settings.archive.path)
    settings.source.with_name("callvault.toml.archive").write_text("", encoding="utf-8")
    presence.require(settings)


def test_where_nothing_can_be_remembered_work_goes_on(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.source.with_name("callvault.toml.archive").mkdir()
    with caplog.at_level(logging.WARNING):
        begin(settings)
    assert "cannot be listed" in caplog.text
    shutil.rmtree(settings.archive.path)
    presence.require(settings)
    with pytest.raises(GoneError):
        presence.require(settings, known=True)
