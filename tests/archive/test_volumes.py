"""What kind of volume a folder lies on, from what the systems really say."""

from __future__ import annotations

import sys
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest

from archive import volumes
from archive.errors import DiskError
from archive.lock import locked
from archive.volumes import (
    Place,
    file_system,
    is_passing,
    is_share,
    kind_in_statfs,
    mounted_below,
    place_of,
)
from config.language import LANGUAGES, Words
from tests.archive.shares import as_share

MOUNTS = r"""22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
28 27 0:51 / /mnt/nas rw,relatime shared:7 - cifs //nas/calls rw,vers=3.0,cache=strict
29 28 8:17 / /mnt/nas/local rw,relatime shared:8 master:1 - ext4 /dev/sdb1 rw
30 27 0:52 / /srv/通话\040录音 rw,relatime - nfs4 nas:/x rw,vers=4.2
31 27 8:33 / /twice rw - ext4 /dev/sdc1 rw
32 27 0:53 / /twice rw - smb3 //nas/twice rw
33 27 0:54 / /home/me/remote rw - fuse.sshfs me@host:/ rw
34 27 8:49 / /media/usb rw - fuseblk /dev/sdd1 rw
35 27 0:55 / /mnt/c rw - 9p C:\134 rw,dirsync
36 27 0:56 / /home/me/cloud rw - fuse.rclone drive: rw
37 27 0:57 / /home/me/vault rw - fuse.gocryptfs /home/me/cipher rw
38 27 0:58 / /run rw,nosuid - tmpfs tmpfs rw
39 27 254:3 /@home /home/deep rw shared:1 - btrfs /dev/vdb rw,subvol=/@home
40 27 8:65 / /hidden/archive rw - ext4 /dev/sde1 rw
41 27 0:59 / /hidden rw - nfs nas:/y rw
broken
"""


def linux(path: str, mount: int | None = None) -> Place:
    return Place(PurePosixPath(path), mounts=MOUNTS, mount=mount)


@pytest.mark.parametrize(
    ("path", "kind", "share"),
    [
        ("/srv/archive", "ext4", False),
        ("/mnt/nas", "cifs", True),
        ("/mnt/nas/archive/2026", "cifs", True),
        ("/mnt/nas/local/archive", "ext4", False),
        ("/mnt/nasty", "ext4", False),
        ("/srv/通话 录音/archive", "nfs4", True),
        ("/srv/通话", "ext4", False),
        ("/twice/archive", "smb3", True),
        ("/home/me/remote/archive", "fuse.sshfs", True),
        ("/home/me/cloud", "fuse.rclone", True),
        ("/home/me/vault", "fuse.gocryptfs", None),
        ("/home/deep", "btrfs", False),
        ("/media/usb", "fuseblk", False),
        ("/mnt/c/archive", "9p", True),
        ("/run/archive", "tmpfs", False),
    ],
)
def test_a_mounted_share_is_known(path: str, kind: str, share: bool | None) -> None:
    assert file_system(linux(path)) == kind
    assert is_share(linux(path)) is share


def test_where_one_mount_hides_another_the_kernel_knows_which_one_it_is() -> None:
    assert is_share(linux("/hidden/archive")) is False  # by the paths alone
    assert is_share(linux("/hidden/archive", mount=41)) is True


def test_without_mounts_nothing_is_said() -> None:
    assert is_share(Place(PurePosixPath("/srv/archive"))) is None


@pytest.mark.parametrize(
    ("path", "drive_type", "share"),
    [
        (r"\\nas\calls\archive", 1, True),
        ("//nas/calls/archive", 1, True),
        (r"\\?\UNC\nas\calls\archive", 1, True),
        (r"\\?\D:\calls", 3, False),
        (r"Z:\calls", 4, True),
        (r"D:\calls", 3, False),
        (r"E:\calls", 2, False),
        (r"F:\calls", 0, None),
        (r"F:\calls", None, None),
    ],
)
def test_a_windows_share_is_known(path: str, drive_type: int | None, share: bool | None) -> None:
    assert is_share(Place(PureWindowsPath(path), drive_type=drive_type)) is share


@pytest.mark.parametrize(
    ("kind", "share"), [("apfs", False), ("hfs", False), ("smbfs", True), ("webdav", True)]
)
def test_a_share_on_macos_is_known_by_its_statfs(kind: str, share: bool) -> None:
    answer = bytes(72) + kind.encode().ljust(16, b"\0") + b"/mnt/point".ljust(1024, b"\0")
    assert kind_in_statfs(answer) == kind
    assert is_share(Place(PurePosixPath("/Volumes/x"), kind=kind_in_statfs(answer))) is share


@pytest.mark.parametrize(
    ("place", "passing"),
    [
        (linux("/run/archive"), True),
        (linux("/srv/archive"), False),
        (Place(PureWindowsPath(r"R:\archive"), drive_type=6), True),
        (Place(PureWindowsPath(r"D:\archive"), drive_type=3), False),
    ],
)
def test_what_is_gone_after_a_restart_is_known(place: Place, passing: bool) -> None:
    assert is_passing(place) is passing


def test_what_is_mounted_within_a_folder_is_found() -> None:
    assert mounted_below(linux("/mnt/nas")) == ["/mnt/nas/local"]
    assert mounted_below(linux("/mnt/nas/local")) == []
    assert mounted_below(linux("/srv")) == ["/srv/通话 录音"]


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's own files")
def test_this_computers_own_folders_are_known(tmp_path: Path) -> None:
    place = place_of(tmp_path / "not" / "made" / "yet")
    assert place.path == PurePath(tmp_path.resolve())
    assert is_share(place) is False
    assert place.mount is not None
    assert file_system(place_of(Path("/proc"))) == "proc"


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's own files")
def test_an_archive_on_a_share_is_not_worked_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_share(monkeypatch)
    with pytest.raises(DiskError) as caught, locked(tmp_path / "archive"):
        pass
    assert caught.value.message.key == "archive.on_share"
    for language in LANGUAGES:
        said = Words(language).say(caught.value.message)
        assert "nfs4" in said
        assert "[archive] path" in said
    assert list(tmp_path.iterdir()) == []


def test_what_the_system_does_not_tell_is_not_guessed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(volumes, "_said", lambda _: "")
    assert is_share(place_of(tmp_path)) is (None if sys.platform == "linux" else False)
