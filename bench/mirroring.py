"""What mirroring costs beside other programs' uploads, to the same local S3 server.

    python -m bench.mirroring --large 2000 --small 20000 --rounds 3 [--server seaweedfs] [--https]

callvault is run whole, as `callvault ingest` with an empty inbox over an archive that owes the
mirror its recordings: its start, the catalogue and the custody files are in its time. All are run
in turn, each into an empty bucket, then once more with nothing new. Peers that are not installed
are left out. Not for Windows.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from bench.comparing import Cost, cost
from bench.mirror_servers import RCLONE, SEAWEEDFS, Reached, Where, reached
from bench.mirror_sets import Kind, Made, large, sizes, small
from tests.s3_server import KEY, SECRET, S3Server, rclone
from tests.stores.between import Between
from tests.stores.places import TRUSTED

SETTINGS = """\
[office]
name = "bench"
language = "en"
[inbox]
path = 'inbox'
[archive]
path = 'archive'
[mirror]
bucket = "{bucket}"
endpoint_url = "{endpoint}"
region = "us-east-1"
addressing_style = "path"
engine = "{engine}"
"""
MINE = "callvault"
QUICK = "callvault, engine obstore"
AGAIN = ", nothing new"
_NEEDS_A_PERSON = 3  # all recordings are in holding, as nothing says whose they are
_Command = Sequence[str]
Took = Mapping[str, Sequence[Cost]]


@dataclass(frozen=True, slots=True)
class Client:
    """How a program is told to upload the recordings."""

    command: Callable[[str], _Command]
    """Of the bucket."""
    again: Mapping[str, Callable[[str], _Command]]
    """The ways in which it finds nothing new, by name."""


def clients(folder: Path, endpoint: str) -> Mapping[str, Client]:
    """callvault, and those of its peers that are installed."""
    source = str(folder / "recordings")
    found = {MINE: _callvault(folder, endpoint), "rclone copy": _rclone(source, endpoint)}
    if find_spec("obstore"):
        found[QUICK] = _callvault(folder, endpoint, QUICK, "obstore")
    if program := _program("s5cmd"):
        found["s5cmd cp"] = _s5cmd([program, "--endpoint-url", endpoint], source)
    if program := _program("aws"):
        found["aws s3 sync"] = _aws([program, "--endpoint-url", endpoint], source)
    if find_spec("obstore"):
        found["obstore put, head"] = Client(
            lambda bucket: _python("bench.obstore_peer", source, endpoint, bucket), {}
        )
    return found


def _callvault(folder: Path, endpoint: str, name: str = MINE, engine: str = "boto3") -> Client:
    def ingest(bucket: str) -> _Command:
        settings = folder / "callvault.toml"
        text = SETTINGS.format(bucket=bucket, endpoint=endpoint, engine=engine)
        settings.write_text(text, encoding="utf-8")
        return _python("cli", "--config", str(settings), "ingest")

    return Client(ingest, {name: ingest})


def _rclone(source: str, endpoint: str) -> Client:
    remote = f":s3,provider=Other,access_key_id={KEY},secret_access_key={SECRET}"
    remote += f",endpoint='{endpoint}'"

    def copy(*more: str) -> Callable[[str], _Command]:
        options = ["--config=", "--transfers", "16", "--ca-cert", str(TRUSTED), *more]
        return lambda bucket: [rclone(), "copy", source, f"{remote}:{bucket}", *options]

    return Client(copy(), {"rclone copy": copy(), "rclone copy --size-only": copy("--size-only")})


def _s5cmd(program: _Command, source: str) -> Client:
    start = [*program, "--log", "error", "--numworkers", "16"]
    return Client(
        lambda bucket: [*start, "cp", f"{source}/", f"s3://{bucket}/"],
        {"s5cmd sync": lambda bucket: [*start, "sync", f"{source}/", f"s3://{bucket}/"]},
    )


def _aws(program: _Command, source: str) -> Client:
    def sync(bucket: str) -> _Command:
        options = ["--region", "us-east-1", "--only-show-errors"]
        return [*program, "s3", "sync", source, f"s3://{bucket}", *options]

    return Client(sync, {"aws s3 sync": sync})


def _python(module: str, *arguments: str) -> _Command:
    return [sys.executable, "-m", module, *arguments]


def _program(name: str) -> str | None:
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


def run(kind: Kind, rounds: int, place: str | None, where: Where) -> Took:
    """What each client took; objects lie in memory where there is such a folder."""
    memory = place or ("/dev/shm" if os.access("/dev/shm", os.W_OK) else None)  # noqa: S108
    with (
        tempfile.TemporaryDirectory(dir=place) as mine,
        tempfile.TemporaryDirectory(dir=memory) as objects,
    ):
        made = Made(Path(mine), kind)
        with reached(where, Path(objects) / "s3") as store:
            return _in_turn(clients(Path(mine), store.endpoint_url), made, store, rounds)


def _in_turn(each: Mapping[str, Client], made: Made, store: Reached, rounds: int) -> Took:
    took: dict[str, list[Cost]] = {}
    for turn in range(1, rounds + 1):
        for at, (name, client) in enumerate(each.items()):
            made.begin_anew()
            bucket = f"round-{turn}-{at}"
            store.server.make(bucket)
            for said, one in _one(name, client, store.environment, bucket).items():
                took.setdefault(said, []).append(one)
                print(f"{turn}: {said} {one.wall:.1f} s", file=sys.stderr, flush=True)
            _hold(name, made, store.server.recordings(bucket))
            store.server.drop(bucket)
    return took


def _one(
    name: str, client: Client, environment: Mapping[str, str], bucket: str
) -> Mapping[str, Cost]:
    environment = {**os.environ, **environment, "LC_ALL": "C.UTF-8"}
    ends = {0, _NEEDS_A_PERSON} if name in {MINE, QUICK} else {0}
    took = {name: cost(client.command(bucket), environment, ends)}
    for again, command in client.again.items():
        took[again + AGAIN] = cost(command(bucket), environment, ends)
    return took


def _hold(name: str, made: Made, there: Sequence[tuple[str, int]]) -> None:
    """Whoever left something out was quick for no merit of its own."""
    if there != sizes(made.recordings, lambda _: True):
        raise RuntimeError(f"{name} did not upload everything: {len(there)}")


def requests(count: int) -> tuple[Mapping[str, int], int]:
    """What callvault asks of the store for so many small recordings, and with nothing new."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        Made(folder, small(count))
        with S3Server(folder / "s3") as server, Between(server.endpoint_url) as between:
            client = _callvault(folder, between.endpoint_url)
            _one(MINE, Client(client.command, {}), server.environment, server.bucket)
            first = Counter(one.split()[0] for one in between.seen)
            between.seen.clear()
            _one(MINE, Client(client.command, {}), server.environment, server.bucket)
            return first, len(between.seen)


def table(took: Took) -> str:
    lines = []
    for name, each in took.items():
        wall, cpu = (median(one) for one in zip(*((x.wall, x.cpu) for x in each), strict=True))
        line = f"  {name:40} wall {wall:7.2f} s  CPU {cpu:7.2f} s"
        if AGAIN not in name:
            line += "".join(_ratios(took[mine], each) for mine in (MINE, QUICK) if mine in took)
        lines.append(line)
    return "\n".join(lines)


def _ratios(mine: Sequence[Cost], each: Sequence[Cost]) -> str:
    """Of each round its own: what else the machine does changes from one to the next."""
    pairs = [*zip(mine, each, strict=True)]
    wall = median(one.wall / to.wall for one, to in pairs)
    cpu = median(one.cpu / to.cpu for one, to in pairs)
    return f"  {wall:5.2f} {cpu:5.2f}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", type=int, default=2000, help="recordings of 200-1,500 KB")
    parser.add_argument("--small", type=int, default=20_000, help="recordings of 4 KB")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--counted", type=int, default=200, help="small ones, requests counted")
    parser.add_argument("--far", type=float, default=0, help="milliseconds to the store and back")
    parser.add_argument("--server", choices=(RCLONE, SEAWEEDFS), default=RCLONE)
    parser.add_argument("--https", action="store_true")
    parser.add_argument("--folder", help="for archive and objects; else temporary ones")
    asked = parser.parse_args(arguments)
    where = Where(asked.server, asked.https, asked.far / 1000)
    for kind in (large(asked.large), small(asked.small)):
        if kind.count:
            print(f"{kind.name}; wall and CPU of callvault, and of it with obstore, to each")
            took = run(kind, asked.rounds, asked.folder, where)
            print(table(took), flush=True)
    first, again = requests(asked.counted)
    told = ", ".join(f"{count} {method}" for method, count in sorted(first.items()))
    print(f"{MINE} for {asked.counted} recordings: {told}; with nothing new: {again} requests")


if __name__ == "__main__":
    main()
