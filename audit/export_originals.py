"""The files of the archive that are copied into a package, and why one of them cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archive.catalogue import recordings
from archive.catalogue.database import Catalogue
from archive.store import Store
from audit.export_plan import Copied, ExportError
from config.language import Message

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Originals:
    catalogue: Catalogue
    store: Store

    def pieces(self, one: Copied) -> Iterator[bytes]:
        """Its bytes; ExportError where it cannot be read."""
        try:
            with self.store.path(one.path).open("rb") as reader:
                while piece := reader.read(_CHUNK):
                    yield piece
        except FileNotFoundError as error:
            raise _refused("moved" if self._is_moved(one) else "missing", one) from error
        except OSError as error:
            raise _refused("unreadable", one) from error

    def altered(self, one: Copied) -> ExportError:
        """What to raise where its bytes are not those that the catalogue says."""
        return _refused("altered", one)

    def _is_moved(self, one: Copied) -> bool:
        """Whether the recording is on its way, or was filed elsewhere since the plan was made."""
        if one.recording is None:
            return False
        with self.catalogue.reading() as tx:
            found = recordings.by_ids(tx, [one.recording])
        return any(it.path != one.path or it.target is not None for it in found)


def _refused(kind: str, one: Copied) -> ExportError:
    what = "paper" if one.recording is None else "recording"
    return ExportError(Message.of(f"export.{what}_{kind}", id=one.recording, path=one.path))
