"""What kind of volume a folder lies on: a disk of this computer, or a share of another one.

The database and the copies on their way in rely on locks, on flushing and on a rename that refuses
to overwrite. Shares promise these, and many do not keep it; so a share that is known as one is
refused, and of what is not known nothing is said.
"""

from __future__ import annotations

import ctypes
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from archive.errors import DiskError
from config.folders import real
from config.language import Message

_SHARES = re.compile(
    r"""cifs | smb\d? | smbfs | nfs4? | afs | afpfs | ncpfs | webdav | davfs | 9p | virtiofs
    | vboxsf | vmhgfs | prl_fs | ceph | glusterfs | lustre | beegfs | gpfs | coda | ocfs2 | gfs2
    | fuse\.(?: sshfs | rclone | s3fs | goofys | gcsfuse | cosfs | ossfs2? | obsfs | juicefs
              | seaweedfs | glusterfs | ceph(?:-fuse)? | davfs2? | curlftpfs | smbnetfs | afpfs
              | gvfsd-fuse | vmhgfs-fuse | grpcfuse | osxfs | moosefs | mfs | lizardfs )""",
    re.VERBOSE,
)
"""By their names in /proc/self/mountinfo, or in macOS's statfs. Folders that a virtual machine is
lent by its host are among them: their locks and flushing are the host's to keep."""
_DISKS = re.compile(
    r"""ext[234] | xfs | btrfs | zfs | f2fs | jfs | nilfs2 | bcachefs | reiserfs | ntfs3? | fuseblk
    | vfat | msdos | exfat | apfs | hfs | ufs | ecryptfs""",
    re.VERBOSE,
)
_PASSING = re.compile(r"tmpfs | ramfs | overlay | aufs", re.VERBOSE)
"""Memory, and a container's own layer: nothing there outlives a restart, or the container."""
_DRIVE_REMOVABLE, _DRIVE_FIXED, _DRIVE_REMOTE, _DRIVE_RAM = 2, 3, 4, 6
"""https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-getdrivetypew"""


@dataclass(frozen=True, slots=True)
class Place:
    """What the system says about where a folder lies."""

    path: PurePath
    """Absolute, without links."""
    drive_type: int | None = None
    """Windows' GetDriveTypeW of its drive."""
    mounts: str = ""
    """Linux's /proc/self/mountinfo."""
    mount: int | None = None
    """The number there of the folder's own mount, where the system tells it."""
    kind: str = ""
    """The file system's name, where the system tells it of the folder itself (macOS)."""


def is_share(place: Place) -> bool | None:
    """True on another computer's disk; `None` where that cannot be told."""
    if isinstance(place.path, PureWindowsPath):
        return _is_windows_share(place.path, place.drive_type)
    kind = file_system(place)
    if _SHARES.fullmatch(kind):
        return True
    return False if _DISKS.fullmatch(kind) or _PASSING.fullmatch(kind) else None


def is_passing(place: Place) -> bool:
    """What lies there is gone after a restart."""
    ram = place.drive_type == _DRIVE_RAM
    return ram or _PASSING.fullmatch(file_system(place)) is not None


def file_system(place: Place) -> str:
    """Its name, such as `ext4` or `nfs4`; empty where it is not known, as on Windows."""
    if place.kind or isinstance(place.path, PureWindowsPath):
        return place.kind
    path, kind, depth = PurePosixPath(place.path), "", -1
    for number, point, name in _mounts(place.mounts):
        if number == place.mount:
            return name
        # Of two mounts on one point the later hides the earlier.
        if len(point.parts) >= depth and path.is_relative_to(point):
            kind, depth = name, len(point.parts)
    return kind


def mounted_below(place: Place) -> list[str]:
    """Where in the folder other volumes are mounted; a rename never gets there."""
    path = PurePosixPath(place.path)
    points = (point for _, point, _ in _mounts(place.mounts))
    return [str(point) for point in points if point != path and point.is_relative_to(path)]


def place_of(folder: Path) -> Place:
    """Where `folder` lies, or will lie once it is made."""
    folder = real(folder)
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if sys.platform == "win32":  # pragma: no cover - not run on this system
        drive = ctypes.windll.kernel32.GetDriveTypeW(folder.drive + "\\")
        return Place(folder, drive_type=drive)
    if sys.platform == "darwin":  # pragma: no cover - not run on this system
        return Place(folder, kind=_kind_on_macos(folder))
    return Place(folder, mounts=_said("/proc/self/mountinfo"), mount=_mount_of(folder))


def require_local(folder: Path) -> None:
    """DiskError where the archive would lie on a share."""
    place = place_of(folder)
    if is_share(place):
        kind = file_system(place) or place.path.drive
        raise DiskError(Message.of("archive.on_share", path=folder, kind=kind))


def _is_windows_share(path: PureWindowsPath, drive_type: int | None) -> bool | None:
    # \\?\ only lifts the limit on a path's length.
    drive = re.sub(r"^\\\\\?\\(?!UNC\\)", "", path.drive)
    if drive.startswith("\\\\") or drive_type == _DRIVE_REMOTE:
        return True
    return False if drive_type in {_DRIVE_REMOVABLE, _DRIVE_FIXED, _DRIVE_RAM} else None


def _mounts(mountinfo: str) -> Iterator[tuple[int, PurePosixPath, str]]:
    """Number, point and file system of each mount; see proc_pid_mountinfo(5)."""
    for line in mountinfo.splitlines():
        here, _, beyond = line.partition(" - ")
        fields, kind = here.split(" "), beyond.partition(" ")[0]
        if len(fields) >= 6 and kind and fields[0].isdecimal():
            # Blanks and backslashes stand there as \040 and \134.
            point = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), fields[4])
            yield int(fields[0]), PurePosixPath(point), kind


def _mount_of(folder: Path) -> int | None:
    """The kernel's own word on which mount an open folder is of, whatever hides or links there."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        found = re.search(
            r"^mnt_id:\s*(\d+)", _said(f"/proc/self/fdinfo/{descriptor}"), re.MULTILINE
        )
    finally:
        os.close(descriptor)
    return int(found[1]) if found else None


def _said(path: str) -> str:
    try:
        return os.fsdecode(Path(path).read_bytes())
    except OSError:
        return ""


def _kind_on_macos(folder: Path) -> str:  # pragma: no cover - not run on this system
    library = ctypes.CDLL(None, use_errno=True)
    # On Intel the plain name is an older call with another structure.
    call = getattr(library, "statfs$INODE64", None) or library.statfs
    answer = ctypes.create_string_buffer(4096)
    return kind_in_statfs(answer.raw) if call(os.fsencode(folder), answer) == 0 else ""


def kind_in_statfs(answer: bytes) -> str:
    """The file system's name in macOS's `struct statfs` (64 bit): 16 bytes after 72 others."""
    return answer[72:88].partition(b"\0")[0].decode("ascii", "replace")
