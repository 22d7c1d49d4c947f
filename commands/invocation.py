"""What every command is given: the settings, read once, and what is opened by them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.logs import log_from

if TYPE_CHECKING:
    from archive.catalogue.database import Catalogue
    from config.language import Words
    from config.settings import Settings
    from ingest.desk import Desk


class Invocation:
    """What every command is given: the settings, read once, and the language they ask for."""

    def __init__(self, config: Path | None) -> None:
        self.config = config

    @cached_property
    def settings(self) -> Settings:
        from config.load import find, load

        path = find(self.config, Path.cwd(), Path(click.get_app_dir("callvault")))
        return load(path, os.environ)

    @cached_property
    def words(self) -> Words:
        from config.language import Words

        settings = self.settings_if_any
        return Words(settings.office.language) if settings else words_without_settings()

    @property
    def settings_if_any(self) -> Settings | None:
        """`None` where no file was named and none is found; a wrong one is an error as ever."""
        from config.load import SettingsError, find

        if self.config is None:
            try:
                find(None, Path.cwd(), Path(click.get_app_dir("callvault")))
            except SettingsError:
                return None
        return self.settings

    def now(self) -> datetime:
        """In the office's time zone."""
        return datetime.now(self.settings.office.timezone)

    @property
    def desk(self) -> Desk:
        """Where people say what is so; the log stays silent but for errors."""
        from ingest.desk import Desk

        log_from("ERROR")
        return Desk.of(self.settings, self.words)

    @contextmanager
    def catalogue(self, *, make: bool = True) -> Iterator[Catalogue]:
        """Raises ArchiveError where it cannot be opened, or is an older copy."""
        from archive import presence
        from archive.catalogue.database import open_catalogue
        from archive.keeping import require_newest
        from archive.store import Store

        presence.require(self.settings)
        with closing(open_catalogue(self.settings.catalogue.url, make=make)) as opened:
            require_newest(opened, Store(self.settings.archive.path))
            yield opened

    def enter(self, event: str, details: Mapping[str, object]) -> None:
        """Writes down who is about to see what; nothing is shown before."""
        from ingest.logged_on import enter, user

        enter(self.settings, event, details, user(), self.now())


def words_without_settings() -> Words:
    """Chinese where the system speaks Chinese."""
    import locale

    from config.language import Words

    said = os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return Words("zh" if said.lower().startswith(("zh", "chinese")) else "en")
