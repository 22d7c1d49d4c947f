"""The stores that the suite runs against, and what each of them does where stores differ."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from archive.folder_objects import FolderStore
from archive.objects import ObjectStore
from archive.s3 import S3Store, connect
from archive.s3_quick import QuickStore
from archive.sealed_objects import SealedStore
from archive.sealing import Key
from config.settings import Mirror
from tests.archive.memory_objects import MemoryStore
from tests.model.store import FolderStore as ModelStore
from tests.s3_server import ENVIRONMENT, S3Server
from tests.stores.between import Between
from tests.stores.ceph import Ceph, running_ceph
from tests.stores.ministack import running_ministack
from tests.stores.recording import Recording
from tests.stores.seaweedfs import SeaweedFS, running_seaweedfs

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_TLS = Path(__file__).parent.parent / "archive" / "tls"
CERTIFICATE = _TLS / "loopback.pem"
"""Vouches for itself, which boto3 takes; obstore wants an authority to."""
VOUCHED = _TLS / "vouched.pem"
TRUSTED = _TLS / "trusted.pem"
_PREFIX = "办公室"
_KEY = Key.of("the key of these tests")


@dataclass(frozen=True, slots=True)
class Habits:
    """What a server does of its own: the suite holds it to this, and callvault to its promises."""

    tells_checksum: bool
    """HEAD shows the SHA-256 that came with the object; of one sent in parts it shows none."""
    checks_checksum: bool
    """It refuses what does not have the SHA-256 it came with. All refuse by `Content-MD5`."""
    refuses_overwriting: bool
    """`If-None-Match: *` keeps what is there; where False, the store ignores it."""
    checks_secret: bool
    tells_encryption: bool
    """HEAD says that an object is encrypted as was asked, done or not; without, of none."""
    long_parts: bool
    """A part of a key may have more than 255 bytes."""
    folders: bool = False
    """They are such that `a` cannot stand beside `a/b`."""
    makes_buckets: bool = False
    """An upload to a bucket that is not there makes it."""
    key_service: bool = True
    """Objects can be encrypted with a key that the office names."""
    takes_any_hold: bool = False
    """One on what was deleted, too; of what was never there it fails."""
    refuses_encryption: bool = False
    """An object that is to be encrypted is not taken."""
    repeats_locks: bool = False
    """It takes a lock's headers and shows them again, though it knows no locks."""
    locked: bool = False
    """The bucket keeps every version, and locks it for a day."""


_RCLONE = Habits(
    tells_encryption=True,  # as it was asked, and encrypts nothing
    tells_checksum=True,  # as it was told it
    checks_checksum=False,
    refuses_overwriting=False,
    checks_secret=True,
    long_parts=False,
    folders=True,
    repeats_locks=True,
)
_MINISTACK = Habits(
    tells_encryption=True,
    tells_checksum=True,
    checks_checksum=True,
    refuses_overwriting=True,
    checks_secret=False,
    long_parts=True,
)
_CEPH = Habits(
    key_service=False,
    tells_encryption=False,
    tells_checksum=False,
    checks_checksum=False,
    refuses_overwriting=True,
    checks_secret=True,
    long_parts=True,
)
_SEAWEEDFS = Habits(
    key_service=False,
    takes_any_hold=True,
    tells_encryption=True,
    tells_checksum=True,
    checks_checksum=True,
    refuses_overwriting=True,
    checks_secret=True,
    long_parts=False,
    makes_buckets=True,
)
SERVED = {
    "rclone": _RCLONE,
    "rclone https": _RCLONE,
    "ministack": _MINISTACK,
    "ministack locked": replace(_MINISTACK, locked=True),
    "rclone obstore": _RCLONE,
    "rclone https obstore": _RCLONE,
    "ministack obstore": _MINISTACK,
    "seaweedfs": _SEAWEEDFS,
    "seaweedfs https": _SEAWEEDFS,
    "seaweedfs locked": replace(_SEAWEEDFS, locked=True),
    "seaweedfs obstore": _SEAWEEDFS,
    "ceph": replace(_CEPH, refuses_encryption=True),
    "ceph https": _CEPH,
    "ceph locked": replace(_CEPH, locked=True, refuses_overwriting=False, refuses_encryption=True),
}
OBSTORE = " obstore"
"""At the end of a name: small objects are sent by obstore, which is at work from the first one."""
SEALED = " sealed"
"""At the end of a name: sealed on the way, over the place that the rest names."""
ONLY_PUT = ("rclone https obstore", "rclone obstore sealed")
"""What is put is all that is done there in a way of its own."""
WITHOUT_SERVER = (
    *("memory", "memory without checksums", "model", "folder"),
    *("memory sealed", "memory without checksums sealed", "folder sealed"),
)
SERVED_SEALED = ("rclone sealed", "ministack sealed", "rclone obstore sealed")
"""Their buckets are asked about by the names without, since it is the same requests."""
INSTALLED = ("ceph", "seaweedfs")
"""Servers that have to be installed: each has a target of `make`."""
QUICK = (
    *WITHOUT_SERVER,
    *(name for name in SERVED if not name.startswith(INSTALLED)),
    *SERVED_SEALED,
)
"""What every run of the tests tries."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket on a server, and how it is reached."""

    mirror: Mirror
    habits: Habits
    store: S3Store

    def connect(self, **changed: Any) -> S3Store:
        """With other settings, and the environment as it is now."""
        return connect(replace(self.mirror, **changed))

    def again(self, prefix: str = _PREFIX) -> S3Store:
        """As another process finds it, which knows nothing of it yet."""
        return connect(replace(self.mirror, prefix=prefix), ask_after=0)

    @property
    def client(self) -> S3Client:
        """For what callvault never asks."""
        return self.store._client

    def unfinished(self, key: str) -> list[str]:
        """The uploads in parts that were begun for it, by their ids."""
        answer = self.client.list_multipart_uploads(
            Bucket=self.mirror.bucket, Prefix=f"{self.mirror.prefix}/{key}"
        )
        return [left["UploadId"] for left in answer.get("Uploads", [])]


@dataclass(frozen=True, slots=True)
class Disturbed:
    """A store, and what stands between it and the server."""

    between: Between
    store: S3Store


class Servers:
    """Starts a server when a test first asks for it, and keeps it until all is over."""

    def __init__(self, folder: Path, running: ExitStack) -> None:
        self._folder = folder
        self._running = running
        self._buckets: dict[str, Bucket] = {}
        self._disturbed: dict[str, Disturbed] = {}
        self._ministack: str | None = None
        self._ceph: Ceph | None = None
        self._seaweedfs: SeaweedFS | None = None

    def bucket(self, name: str) -> Bucket:
        if name not in self._buckets:
            address = self._address(name)
            bucket = "locked" if SERVED[name].locked else "recordings"
            mirror = Mirror(bucket, _PREFIX, address, None, "auto", None, workers=8)
            if name.endswith(OBSTORE):
                mirror = replace(mirror, engine="obstore")
            with pytest.MonkeyPatch.context() as patch:
                set_environment(patch)
                store = connect(mirror, ask_after=0)
            self._buckets[name] = Bucket(mirror, SERVED[name], store)
            if not name.startswith("rclone"):  # whose buckets are folders, made already
                _make(self._buckets[name])
            if name.endswith(OBSTORE):
                self._get_known(self._buckets[name].store)
        return self._buckets[name]

    def disturbed(self, name: str) -> Disturbed:
        if name not in self._disturbed:
            bucket = self.bucket(name)
            assert bucket.mirror.endpoint_url is not None
            between = self._running.enter_context(Between(bucket.mirror.endpoint_url))
            with pytest.MonkeyPatch.context() as patch:
                set_environment(patch)
                store = bucket.connect(endpoint_url=between.endpoint_url)
            self._disturbed[name] = Disturbed(between, store)
        found = self._disturbed[name]
        found.between.times = 0
        return self._anew(name, found) if name.endswith(OBSTORE) else found

    def _anew(self, name: str, found: Disturbed) -> Disturbed:
        """What went wrong may have obstore left out for the rest of a connection."""
        mirror = replace(self.bucket(name).mirror, endpoint_url=found.between.endpoint_url)
        with pytest.MonkeyPatch.context() as patch:
            set_environment(patch)
            store = connect(mirror, ask_after=0)
            self._get_known(store)
        return Disturbed(found.between, store)

    def _get_known(self, store: S3Store) -> None:
        """Has it found out whether the store refuses to overwrite; until then boto3 is at work."""
        first = Recording(self._folder / "first", b"first")
        first.put(store, "first")
        store.delete("first")

    def _address(self, name: str) -> str:
        folder = self._folder / name.replace(" ", "-")
        folder.mkdir()
        if name.startswith("rclone"):
            certificate = VOUCHED if name.endswith(OBSTORE) else CERTIFICATE
            server = S3Server(
                folder / "buckets", certificate=certificate if "https" in name else None
            )
            return self._running.enter_context(server).endpoint_url
        if name.startswith("ministack"):
            self._ministack = self._ministack or self._running.enter_context(
                running_ministack(folder)
            )
            return self._ministack
        https = "https" in name
        if name.startswith("seaweedfs"):
            self._seaweedfs = self._seaweedfs or self._running.enter_context(
                running_seaweedfs(folder, VOUCHED)
            )
            return self._seaweedfs.https if https else self._seaweedfs.http
        self._ceph = self._ceph or self._running.enter_context(running_ceph(folder, CERTIFICATE))
        return self._ceph.https if https else self._ceph.http


def set_environment(patch: pytest.MonkeyPatch) -> None:
    for name, value in {**ENVIRONMENT, "AWS_CA_BUNDLE": str(TRUSTED)}.items():
        patch.setenv(name, value)


def _make(bucket: Bucket) -> None:
    client, name = bucket.client, bucket.mirror.bucket
    with suppress(client.exceptions.BucketAlreadyOwnedByYou):  # of the same server by another name
        client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=bucket.habits.locked)
    if bucket.habits.locked:
        client.put_object_lock_configuration(
            Bucket=name,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
            },
        )


def obstore_is_left_out(store: ObjectStore) -> bool:
    return not isinstance(store, QuickStore) or store._left_out


def sealed(store: ObjectStore) -> SealedStore:
    return SealedStore(store, _KEY, "sealed")


def without_server(name: str, folder: Path) -> ObjectStore:
    if name.endswith(SEALED):
        return sealed(without_server(name.removesuffix(SEALED), folder))
    if name == "model":
        return ModelStore(folder / "objects")
    if name == "folder":
        (folder / "objects").mkdir()
        return FolderStore(folder / "objects", folder / "objects.id")
    return MemoryStore(keeps_checksums=name == "memory")
