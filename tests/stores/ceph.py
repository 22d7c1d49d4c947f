"""One node of Ceph with its S3 gateway, from Debian's packages: in memory, on loopback alone.

`make conformance-ceph` installs the packages; they are asked for by that target only.
"""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.s3_server import KEY, SECRET, answers, free_port
from tests.stores.serving import serving

_SETTINGS = """\
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{monitor}]
public network = 127.0.0.0/8
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
ms bind msgr1 = false
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
ms mon service mode = crc
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon data avail warn = 2
mon data avail crit = 1
mon max pg per osd = 1000
run dir = {folder}/sockets
admin socket = {folder}/sockets/$name.$pid
log file = {folder}/$name.log
debug default = 0
[mon]
mon data = {folder}/mon
mon cluster log file = {folder}/cluster.log
[osd]
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 2147483648
osd op num shards = 2
osd op num threads per shard = 1
osd max object name len = 2048
[client.rgw.a]
rgw data = {folder}/rgw
rgw dns name = localhost
rgw thread pool size = 64
rgw enable usage log = false
rgw enable ops log = false
"""


@dataclass(frozen=True, slots=True)
class Ceph:
    http: str
    https: str


@contextmanager
def running_ceph(folder: Path, certificate: Path) -> Iterator[Ceph]:
    """Both its addresses, once a user can use it; takes about 15 s. RuntimeError if it does not."""
    monitor, plain, secure = free_port(), free_port(), free_port()
    settings = _laid_out(folder, monitor)
    frontend = f"beast endpoint=127.0.0.1:{plain} ssl_endpoint=127.0.0.1:{secure}"
    frontend += f" ssl_certificate={certificate} ssl_private_key={certificate}"
    user = ("user", "create", "--uid=callvault", "--display-name=callvault")
    with ExitStack() as running:
        address = f"[v2:127.0.0.1:{monitor}]"
        _make_monitor(settings, address)
        mon = ("ceph-mon", "-i", "a", "--public-addrv", address)
        running.enter_context(_daemon(settings, monitor, *mon))
        _make_disk(settings)
        running.enter_context(_daemon(settings, 0, "ceph-osd", "-i", "0"))
        gateway = ("radosgw", "-n", "client.rgw.a", "--rgw-frontends", frontend)
        running.enter_context(_daemon(settings, plain, *gateway))
        _run(settings, "radosgw-admin", *user, f"--access-key={KEY}", f"--secret-key={SECRET}")
        yield Ceph(f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{secure}")


def _laid_out(folder: Path, monitor: int) -> Path:
    for name in ("mon", "osd", "rgw", "sockets"):
        (folder / name).mkdir(parents=True)
    settings = folder / "ceph.conf"
    settings.write_text(_SETTINGS.format(folder=folder, monitor=monitor, fsid=uuid.uuid4()))
    return settings


def _make_monitor(settings: Path, address: str) -> None:
    monmap = str(settings.with_name("monmap"))
    fsid = next(line.split()[-1] for line in settings.read_text().splitlines() if "fsid" in line)
    command = ("monmaptool", "--create", "--fsid", fsid, "--addv", "a", address, monmap)
    subprocess.run(command, check=True, capture_output=True)
    _run(settings, "ceph-mon", "--no-mon-config", "--mkfs", "-i", "a", "--monmap", monmap)


def _make_disk(settings: Path) -> None:
    disk = str(uuid.uuid4())
    _run(settings, "ceph", "osd", "new", disk)
    _run(settings, "ceph-osd", "--no-mon-config", "-i", "0", "--mkfs", "--osd-uuid", disk)


def _run(settings: Path, program: str, *arguments: str) -> None:
    done = subprocess.run(
        [program, "-c", str(settings), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{program}: {done.stderr}")


@contextmanager
def _daemon(settings: Path, port: int, program: str, *arguments: str) -> Iterator[None]:
    """Runs until the context is left; entered once it answers at `port` (0: at once)."""
    command = [program, "-f", "-c", str(settings), "--no-mon-config", *arguments]
    log = settings.with_name(f"{program}.out")
    with serving(command, log, lambda: not port or answers(port)):
        yield
