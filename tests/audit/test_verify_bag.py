"""One flipped bit anywhere is found, by others' tools and by the package's own program."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from audit import verify_bag
from tests.audit.packages import (
    SHA256SUM,
    by_bagit,
    by_program,
    by_sha256sum,
    desk_with,
    exported,
    flip,
    stamping,
    tree,
)
from tests.desk import Desk, run
from tests.stamp_authority import OPENSSL, StampAuthority

LAST = "tagmanifest-sha256.txt"
"""No manifest has it: its own number is told by another way."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("office")
    if OPENSSL is None:
        yield desk_with(folder / "office")
        return
    with StampAuthority(folder / "authority") as authority:
        yield desk_with(folder / "office", more=f"[custody]\n{stamping(authority)}")


@pytest.fixture(scope="module")
def sound(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported(desk, tmp_path_factory.mktemp("out") / "all")


@pytest.fixture
def package(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "package"))


@pytest.fixture
def program(sound: Path) -> Path:
    """One that nobody touched."""
    return sound / "verify.py"


def names(folder: Path) -> list[str]:
    return sorted(tree(folder))


def codes(package: Path) -> set[str]:
    return {code for code, _ in verify_bag.check(verify_bag.opened(package)).problems}


# Flipped bits


def test_a_bit_in_each_file_at_once_is_found_by_all_three(package: Path, program: Path) -> None:
    chance = random.Random(1)
    listed = [one for one in names(package) if one not in (LAST, "bagit.txt")]
    for name in listed:
        flip(package / name, chance.randrange(8 * (package / name).stat().st_size))
    told = "\n".join(by_program(package, program))
    assert [one for one in listed if one not in told] == []
    if SHA256SUM:
        assert len(by_sha256sum(package)) >= len(listed)


def test_a_bit_in_any_one_file_is_found_by_all_three(package: Path) -> None:
    chance = random.Random(2)
    for name in names(package):
        path = package / name
        bit = chance.randrange(8 * path.stat().st_size)
        if name == LAST:
            bit = 8 * chance.randrange(64) + 1  # see the test of this file alone
        flip(path, bit)
        assert by_bagit(package), (name, bit)
        assert SHA256SUM is None or by_sha256sum(package), (name, bit)
        assert codes(package), (name, bit)
        flip(path, bit)
    assert by_bagit(package) == by_program(package) == []


def test_a_capital_letter_in_the_last_manifest_says_the_same_to_others_not_to_the_program(
    package: Path, program: Path
) -> None:
    last = package / LAST
    told = hashlib.sha256(last.read_bytes()).hexdigest()
    letter = next(at for at, byte in enumerate(last.read_bytes()) if chr(byte) in "abcdef")
    flip(last, 8 * letter + 5)
    assert by_bagit(package) == []
    assert hashlib.sha256(last.read_bytes()).hexdigest() != told
    assert len(by_program(package, program)) >= 2


def test_every_bit_of_the_last_manifest_counts_for_the_program(package: Path) -> None:
    last = package / LAST
    whole = last.read_bytes()
    for bit in range(0, 8 * len(whole), 211):
        flip(last, bit)
        assert codes(package), bit
        last.write_bytes(whole)


def test_a_bit_in_a_zip_is_found_or_the_zips_number_tells(
    desk: Desk, sound: Path, tmp_path: Path
) -> None:
    path = exported(desk, tmp_path / "all.zip")
    whole, chance = path.read_bytes(), random.Random(3)
    for bit in [chance.randrange(8 * len(whole)) for _ in range(25)]:
        flip(path, bit)
        assert _wrong(path) or _same_files(path, sound), bit
        path.write_bytes(whole)


def _wrong(path: Path) -> bool:
    try:
        return bool(codes(path))
    except verify_bag.UNREADABLE:
        return True


def _same_files(path: Path, sound: Path) -> bool:
    """What was flipped is the ZIP's own: a time, a mark of who made it."""
    with zipfile.ZipFile(path) as archive:
        files = {one: archive.read(one) for one in archive.namelist() if not one.endswith("/")}
    return files == {f"callvault/{name}": it for name, it in tree(sound).items()}


# What else can be done to a package


def test_a_file_too_many_is_found(package: Path) -> None:
    for name in ("data/more.mp3", "more.txt", "custody/entries/00009999.txt"):
        (package / name).write_bytes(b"more")
        assert codes(package) == {"extra"}
        (package / name).unlink()


@pytest.mark.parametrize("name", [".DS_Store", "data/Thumbs.db", "data/._a.mp3", "desktop.ini"])
def test_what_a_system_lays_down_is_told_as_that(package: Path, name: str) -> None:
    """Who looked into the folder with a Mac is not to believe that somebody altered it."""
    (package / name).write_bytes(b"icons")
    (told,) = by_program(package)[:-1]
    assert "delete it, and check again" in told
    (package / name).unlink()
    assert by_program(package) == []


def test_a_file_that_is_gone_is_found(package: Path) -> None:
    for name in names(package):
        contents = (package / name).read_bytes()
        (package / name).unlink()
        assert codes(package), name
        (package / name).write_bytes(contents)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_is_not_followed(package: Path, tmp_path: Path) -> None:
    recording = next(package.glob("data/*/*/*.mp3"))
    shutil.move(recording, tmp_path / "elsewhere")
    recording.symlink_to(tmp_path / "elsewhere")
    assert codes(package) >= {"no_file", "missing"}


def _made_anew(package: Path) -> None:
    """Who alters a package will write its manifests anew."""
    for manifest, payload in (("manifest-sha256.txt", True), (LAST, False)):
        hashes = {
            name: hashlib.sha256((package / name).read_bytes()).hexdigest()
            for name in names(package)
            if name.startswith("data/") is payload and name != LAST
        }
        text = "".join(f"{hashes[name]}  {name}\n" for name in sorted(hashes))
        (package / manifest).write_bytes(text.encode())


def _alter_an_entry(package: Path) -> None:
    entry = min((package / "custody/entries").iterdir())
    entry.write_bytes(entry.read_bytes().replace(b"2026-11-16", b"2026-11-15", 1))


def _alter_an_entry_and_its_hash(package: Path) -> None:
    """Its neighbours, its custody file or its proof then speak against it."""
    entry = min((package / "custody/entries").iterdir())
    old = hashlib.sha256(entry.read_bytes()).hexdigest()
    _alter_an_entry(package)
    new = hashlib.sha256(entry.read_bytes()).hexdigest()
    lines = package / "custody/entries.jsonl"
    lines.write_bytes(lines.read_bytes().replace(old.encode(), new.encode()))


def _swap_two_recordings(package: Path) -> None:
    one, two = sorted(package.glob("data/*/*/*.mp3"))
    contents = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(contents)


def _another_recording(package: Path) -> None:
    next(package.glob("data/*/*/*.mp3")).write_bytes(b"another")


def _half_a_line(package: Path) -> None:
    lines = package / "custody/entries.jsonl"
    lines.write_bytes(lines.read_bytes()[:-20])


def _no_json(package: Path) -> None:
    (package / "custody/files.jsonl").write_bytes(b"[]\n{}\nno json\n")


def _another_declaration(package: Path) -> None:
    (package / "bagit.txt").write_bytes(b"BagIt-Version: 0.97\n")


def _another_size(package: Path) -> None:
    info = package / "bag-info.txt"
    info.write_bytes(info.read_bytes().replace(b"Payload-Oxum: ", b"Payload-Oxum: 1"))


def _another_stamp(package: Path) -> None:
    next(package.glob("custody/*.tsr")).write_bytes(b"another")


def _another_anchor_file(package: Path) -> None:
    next(package.glob("custody/0*.jsonl")).write_bytes(b"another")


def _another_way_up(package: Path) -> None:
    path = package / "custody/entries.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    lines[0]["path"][0] = lines[0]["path"][0][:-2] + "00"
    lines[1]["path"][0] = "X"
    path.write_bytes("".join(json.dumps(line) + "\n" for line in lines).encode())


def _an_anchor_of_his_own(package: Path) -> None:
    """A recording, its admission, and an anchor over that: all hold but for the time stamp."""
    audio = b"forged"
    path = "陈建国/2026-11-16/forged.mp3"
    (package / "data" / path).parent.mkdir(parents=True, exist_ok=True)
    (package / "data" / path).write_bytes(audio)
    lines = package / "custody/entries.jsonl"
    told = [json.loads(line) for line in lines.read_text().splitlines()]
    seq = told[-1]["seq"] + 10
    sha256 = hashlib.sha256(audio).hexdigest()
    entry = _enter(package, {"seq": seq, "event": "admitted", "sha256": sha256, "path": path})
    root = hashlib.sha256(b"\0" + bytes.fromhex(entry)).hexdigest()
    over = {"event": "anchored", "sha256": root, "first": 1, "last": seq}
    anchor = _enter(package, {"seq": seq + 2, **over})
    told.append({"seq": seq, "hash": entry, "file": None, "anchor": seq + 2, "path": []})
    told.append({"seq": seq + 2, "hash": anchor, "file": None, "anchor": None, "path": []})
    lines.write_bytes("".join(json.dumps(one) + "\n" for one in told).encode())
    info = package / "bag-info.txt"
    sizes = [one.stat().st_size for one in package.glob("data/**/*") if one.is_file()]
    oxum = f"Payload-Oxum: {sum(sizes)}.{len(sizes)}"
    info.write_text(re.sub(r"Payload-Oxum: .*", oxum, info.read_text("utf-8")), "utf-8")


def _enter(package: Path, body: dict[str, object]) -> str:
    """Writes down an entry; returns its hash."""
    entry = f"{'0' * 64}\n{json.dumps(body, ensure_ascii=False)}".encode()
    (package / f"custody/entries/{body['seq']:08d}.txt").write_bytes(entry)
    return hashlib.sha256(entry).hexdigest()


@pytest.mark.parametrize(
    ("forge", "code"),
    [
        (_alter_an_entry, "entry"),
        (_alter_an_entry_and_its_hash, "proof"),
        (_swap_two_recordings, "elsewhere"),
        (_another_recording, "no_custody"),
        (_half_a_line, "entry"),
        (_no_json, "entry"),
        (_another_declaration, "declaration"),
        (_another_size, "size"),
        (_another_stamp, "stamp"),
        (_another_anchor_file, "custody_file"),
        (_another_way_up, "proof"),
        (_an_anchor_of_his_own, "proof"),
    ],
)
def test_a_forger_who_writes_the_manifests_anew_is_found_by_custody(
    package: Path, forge: Callable[[Path], None], code: str
) -> None:
    if OPENSSL is None and code in ("proof", "stamp", "custody_file"):
        pytest.skip("without openssl there is no time stamp")
    forge(package)
    _made_anew(package)
    assert code in codes(package)


def test_an_anchor_speaks_of_no_entry_beyond_its_ends() -> None:
    leaf = hashlib.sha256(b"\0" + bytes(32)).hexdigest()
    anchors = {9: {"first": 3, "last": 5, "sha256": leaf}}
    entry = {"hash": "00" * 32, "anchor": 9, "path": []}
    led = [seq for seq in range(8) if verify_bag._leads(entry | {"seq": seq}, anchors)]
    assert led == [3, 4, 5]


@pytest.mark.parametrize(
    "line",
    [
        b"0" * 64 + b"  ../outside\n",
        b"0" * 64 + b"  data/recording\n",
        b"0" * 64 + b" *short\n",
        b"0" * 64 + b"  C:/windows\n",
        b"0" * 64 + b"  \xff\xfe\n",
        b"\n",
        b"no end",
    ],
)
def test_a_manifests_line_is_held_against_how_it_is_written(package: Path, line: bytes) -> None:
    last = package / LAST
    last.write_bytes(last.read_bytes() + line)
    assert "manifest" in codes(package)


# How it is run


def test_it_runs_on_python_3_8() -> None:
    source = Path(verify_bag.__file__).read_text(encoding="utf-8")
    syntax = ast.parse(source, feature_version=(3, 8))
    imported: set[str] = set()
    for one in ast.walk(syntax):
        if isinstance(one, ast.ImportFrom):
            imported.add(str(one.module).split(".")[0])
        elif isinstance(one, ast.Import):
            imported |= {each.name for each in one.names}
    assert imported - {"__future__"} <= sys.stdlib_module_names
    calls = {one.attr for one in ast.walk(syntax) if isinstance(one, ast.Attribute)}
    assert not calls & {"file_digest", "removeprefix", "removesuffix", "walk", "hardlink_to"}


def test_it_needs_no_argument_where_it_lies_and_writes_nothing(package: Path) -> None:
    before = tree(package)
    done = subprocess.run(
        [sys.executable, "-I", "verify.py"], cwd=package, capture_output=True, check=False
    )
    assert done.returncode == 0
    said = done.stdout.decode()
    assert "✓ 完好：2 个录音" in said
    assert "✓ sound: 2 recordings" in said
    assert f"of {0 if OPENSSL is None else 2} recordings the admission is proven" in said
    assert hashlib.sha256((package / LAST).read_bytes()).hexdigest() in said
    assert tree(package) == before


def test_its_other_ways_to_be_called(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify_bag.main(["-h"]) == 2
    assert verify_bag.main([str(tmp_path / "nothing")]) == 1
    assert verify_bag.main([str(tmp_path)]) == 1
    (tmp_path / "no.zip").write_bytes(b"no zip")
    assert verify_bag.main([str(tmp_path / "no.zip")]) == 1
    assert "there is no package here" in capsys.readouterr().out


# callvault verify-export


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp936"])
@pytest.mark.parametrize("asked", [[], ["-h"]])
def test_it_speaks_on_consoles_of_other_encodings(
    sound: Path, encoding: str, asked: list[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "verify.py", *asked],
        cwd=sound,
        capture_output=True,
        check=False,
        env=dict(os.environ) | {"PYTHONIOENCODING": encoding},
    )
    assert done.stderr == b""
    assert "录音" in done.stdout.decode()


def test_the_office_knows_what_it_gave_out(desk: Desk, sound: Path) -> None:
    done = desk.run("verify-export", str(sound))
    assert done.exit_code == 0
    assert "sound: 2 recordings" in done.stdout
    proven = desk.told("verify-export", str(sound))["proven_recordings"]
    assert proven == (0 if OPENSSL is None else 2)
    assert f"of {proven} of the recordings the admission is proven" in done.stdout
    assert "is this callvault's own" in done.stdout
    assert "of this office's custody log: exported at" in done.stdout


def test_a_package_that_it_did_not_give_out_is_told(desk: Desk, package: Path) -> None:
    (package / "report.html").write_bytes(b"another report")
    _made_anew(package)
    done = desk.run("verify-export", str(package))
    assert done.exit_code == 3
    assert "knows of no such export" in done.stdout


def test_what_is_wrong_is_told_and_another_program_too(desk: Desk, package: Path) -> None:
    (package / "verify.py").write_bytes(b"print('all is well')\n")
    told = desk.told("verify-export", str(package))
    assert told["own_program"] is False
    assert told["problems"] == [{"code": "altered", "where": "verify.py"}]
    done = desk.run("verify-export", str(package))
    assert done.exit_code == 3
    assert "a file was altered or is damaged: verify.py" in done.stdout
    _made_anew(package)
    assert "is not this callvault's" in desk.run("verify-export", str(package)).stdout


def test_it_works_without_an_office(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("verify-export", str(sound))
    assert done.exit_code == 0
    assert "custody log: exported" not in done.stdout
    (tmp_path / "damaged.zip").write_bytes(_zip_of_garbled_bytes())
    for name in ("nothing", "damaged.zip"):
        done = run("verify-export", str(tmp_path / name))
        assert done.exit_code == 1
        assert "is no package" in done.stderr


def _zip_of_garbled_bytes() -> bytes:
    """Its names are well; what is packed cannot be unpacked."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"callvault/{LAST}", b"0123456789abcdef" * 400)
    contents = bytearray(made.getvalue())
    begin = contents.index(LAST.encode()) + len(LAST)
    contents[begin : begin + 8] = bytes(byte ^ 0xFF for byte in contents[begin : begin + 8])
    return bytes(contents)
