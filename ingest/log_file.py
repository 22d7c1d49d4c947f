"""The log of a daemon that a service started: a file that is put aside when it is full."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler

from config.language import Message, Words
from config.settings import Log, Settings
from ingest.discretion import DiscreetFormatter, discreet, own_words

FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"

log = logging.getLogger("callvault")


class LogFile(RotatingFileHandler):
    """Keeps `keep` full files beside the one that is written. Raises OSError where it cannot begin.

    On Windows a file that a program has open cannot be put aside: then this one grows on, and no
    line is lost.
    """

    def __init__(self, wanted: Log) -> None:
        wanted.file.parent.mkdir(parents=True, exist_ok=True)
        size = wanted.megabytes << 20
        super().__init__(wanted.file, maxBytes=size, backupCount=wanted.keep, encoding="utf-8")
        self.setFormatter(DiscreetFormatter(FORM))

    def doRollover(self) -> None:  # noqa: N802  logging's own name
        try:
            super().doRollover()
        except OSError:
            if self.stream is None:
                self.stream = self._open()


class Written:
    """What the daemon says, as lines of the log: without anybody's names and numbers."""

    def __init__(self, settings: Settings) -> None:
        self._words = Words(settings.office.language)
        self._own = own_words(settings)

    def __call__(self, said: Message) -> None:
        log.warning("%s", self._words.say(discreet(said, self._own)))
