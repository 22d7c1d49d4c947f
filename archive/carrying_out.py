"""One errand, carried out: an object is put, copied, put under legal hold or removed, and the store
shows that it is done. Nothing is written down here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from archive.catalogue.errands import HOLD, REMOVE
from archive.mirror_records import Errand, Shown
from archive.object_lock import LockRule, shortfall
from archive.objects import (
    NOT_OPENED,
    VERSION_LOCKED,
    ObjectDiffers,
    ObjectLock,
    ObjectStore,
    StoredObject,
    StoreError,
)
from archive.store import Store
from config.language import Message


@dataclass(frozen=True, slots=True)
class Failure:
    message: Message
    outage: bool
    afar: bool = False
    """An outage that no errand can be to blame for."""
    answered: bool = True
    """The store said so itself."""

    @property
    def lasts(self) -> bool:
        """It ends by itself, on a day that nobody can change: there is nothing to be done."""
        return self.message.key == VERSION_LOCKED


def failed(error: StoreError) -> Failure:
    return Failure(error.message, error.ends_work, error.afar, answered=not error.outage)


class CarryingOut:
    """Used from several threads at once."""

    def __init__(
        self,
        store: Store,
        objects: ObjectStore,
        clock: Callable[[], datetime],
        lock_rule: LockRule | None,
    ) -> None:
        self.another: Failure | None = None
        """Why this may not be the store that showed what is said to be there."""
        self._copies = True
        """No copy has found no answer yet."""
        self._store = store
        self._objects = objects
        self._clock = clock
        self._lock_rule = lock_rule

    def do(self, errand: Errand) -> Shown | Failure:
        """Does an errand and has the store show it; what came of it is not written down."""
        try:
            if errand.action == REMOVE:
                return self._remove(errand)
            if errand.action == HOLD:
                return self._hold(errand)
            return self._put(errand)
        except StoreError as error:
            return failed(error)
        except OSError as error:
            reason = error.strerror or str(error)
            return Failure(Message.of("archive.mirror_source", key=errand.key, error=reason), False)

    def _put(self, errand: Errand) -> Shown | Failure:
        """Without the lock that was asked for, an object is better than none: it is told."""
        path = self._store.path(errand.key)
        size = path.stat().st_size if errand.size is None else errand.size
        rule, metadata = self._lock_rule, {"source": errand.source}
        lock = rule.lock(errand.day, self._clock()) if rule is not None else None
        copied = self._copied(errand, size, lock)
        if copied is not None:
            return _shown(copied, lock)
        upload = partial(self._objects.put, errand.key, path, errand.sha256, size, metadata, lock)
        try:
            upload()
        except ObjectDiffers:
            if not self._is_copy_of_damaged(errand):
                raise
            self._objects.delete(errand.key)
            upload()
        found = self._objects.look(errand.key)
        return self._doubt(errand, size, found) or _shown(found, lock)

    def _copied(self, errand: Errand, size: int, lock: ObjectLock | None) -> StoredObject | None:
        """A recording that moved need not be uploaded again: the object, where the store copied it.

        What failed once is uploaded, and so is what the store copied wrongly; and all else, once
        one found no answer: the store may be well and never give any.
        """
        if errand.copy_of is None or errand.attempts or not self._copies:
            return None
        if self._objects.look(errand.key) is not None:
            return None  # an upload finds out what it is
        try:
            self._objects.copy(errand.copy_of, errand.key, lock)
        except StoreError as error:
            if error.outage:
                self._copies = False
                raise
            return None
        found = self._objects.look(errand.key)
        if self._doubt(errand, size, found) is None:
            return found
        self._objects.delete(errand.key)  # nothing was there but this copy
        return None

    def _is_copy_of_damaged(self, errand: Errand) -> bool:
        """Whether other bytes lie at a key since a damaged object was copied there and the work was
        cut off before it was looked at. Nothing goes with it: the old key has the same bytes.
        """
        from archive.sealed_objects import beneath  # NaCl takes a while to load

        objects = beneath(self._objects)
        was = errand.copy_of
        return was is not None and objects.read_sha256(errand.key) == objects.read_sha256(was)

    def _doubt(self, errand: Errand, size: int, found: StoredObject | None) -> Failure | None:
        """What the store shows of the object, where it is not what was sent."""
        if found is None:
            return Failure(Message.of("archive.mirror_absent", key=errand.key), False)
        try:
            sha256 = found.sha256 or self._objects.read_sha256(errand.key)
        except StoreError as error:
            if error.message.key != NOT_OPENED:
                raise
            return Failure(error.message, False)
        if found.size != size or sha256 != errand.sha256:
            return Failure(Message.of("archive.mirror_differs", key=errand.key), False)
        return None

    def _hold(self, errand: Errand) -> Shown | Failure:
        gone = Failure(Message.of("archive.mirror_gone", key=errand.key), False)
        try:
            if not self._objects.hold(errand.key, on=errand.legal_hold):
                return Shown()
        except StoreError as error:
            if error.outage or self._objects.look(errand.key) is not None:
                raise
            return gone
        found = self._objects.look(errand.key)
        if found is None:
            return gone
        if found.legal_hold != errand.legal_hold:
            return Failure(Message.of("archive.mirror_hold", key=errand.key), False)
        return Shown(legal_hold=found.legal_hold)

    def _remove(self, errand: Errand) -> Shown | Failure:
        """A legal hold is ended first: where versions are kept, the old one would keep it.

        What goes for good goes only where it is what was ordered to go: a key that it once had may
        be somebody else's by now, who shares the bucket. And that nothing is there says nothing of
        a store that lacks what it showed: another has it.
        """
        if errand.disposed and self.another is not None:
            return self.another
        if errand.disposed and self._is_anothers(errand):
            return Failure(Message.of("archive.removal_differs", key=errand.key), False)
        if errand.legal_hold and self._objects.look(errand.key) is not None:
            self._objects.hold(errand.key, on=False)
        remove = self._objects.purge if errand.disposed else self._objects.delete
        return Shown(version_kept=remove(errand.key))

    def _is_anothers(self, errand: Errand) -> bool:
        found = self._objects.look(errand.key)
        return found is not None and self._doubt(errand, errand.size or 0, found) is not None


def _shown(found: StoredObject | None, asked: ObjectLock | None) -> Shown:
    """What the store shows of an object's lock and legal hold."""
    lock = found.lock if found is not None else None
    return Shown(
        locked_until=lock.until if lock is not None else None,
        unlocked=shortfall(asked, lock) if asked is not None else None,
        legal_hold=found is not None and found.legal_hold,
    )
