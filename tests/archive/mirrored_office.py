"""An archive and its mirror."""

from __future__ import annotations

from collections.abc import Callable

from archive.mirror import Drained, Mirror
from archive.objects import ObjectStore
from archive.records import Recording
from config.language import LANGUAGES, Words
from tests.archive.small_archive import AT, SmallArchive

FILED = "张三/2026-11-16/a.mp3"
"""Where a recording goes that was found to be somebody's."""


class Office:
    """Its clock stands still unless it is set."""

    def __init__(self, archive: SmallArchive, objects: ObjectStore) -> None:
        self.archive = archive
        self.now = AT
        self._objects = objects

    def drain(
        self,
        *,
        everything: bool = False,
        stop: Callable[[], bool] = lambda: False,
        progress: Callable[[int], None] = lambda _: None,
    ) -> Drained:
        mirror = Mirror(
            self.archive.catalogue, self.archive.store, self._objects, 4, lambda: self.now
        )
        return mirror.drain(everything=everything, stop=stop, progress=progress)

    def mirrored(self, recording: Recording) -> bool:
        """Whether the catalogue says so, which it may only where the store holds those bytes."""
        state = self.archive.mirror_state(recording)
        assert state.checksum in {None, recording.sha256}
        if state.checksum is None:
            return False
        assert self._objects.read_sha256(state.key) == recording.sha256
        return True

    def error(self, recording: Recording) -> str:
        """The trouble with a recording, which can be said in every language."""
        error = self.archive.mirror_state(recording).error
        assert error is not None
        assert all(Words(language).say(error) for language in LANGUAGES)
        return error.key
