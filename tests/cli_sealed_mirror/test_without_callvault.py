"""The documented way back from an encrypted mirror without callvault."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from archive.sealing import MAGIC
from commands.exit_codes import DONE, NEEDS_A_PERSON
from tests.archive.two_copies import flip
from tests.cli_sealed_mirror.sealed_desk import MODES, SealedDesk, contents_of, objects
from tests.desk import ROOT
from tests.s3_server import KEY, SECRET, bare_environment, rclone


@pytest.mark.parametrize("mirror", MODES)
def test_what_the_documents_say_brings_everything_back_without_callvault(
    desk: SealedDesk, mirror: str, tmp_path: Path
) -> None:
    kept, held = desk.kept(), objects(desk)
    assert len(kept) >= 5
    assert all(one.startswith(MAGIC) for one in held.values())
    assert {key.removeprefix("bucket/") for key in held if key.startswith("bucket/")} == set(kept)
    work, copying, checking = _elsewhere(desk, mirror, tmp_path)
    assert _shell(copying, work) == (0, "")
    assert contents_of(work / "plain") == kept
    nothing_unknown = (1, "")
    assert _shell(checking, work) == nothing_unknown
    (one,) = (work / "plain" / "陈建国").rglob("*.mp3")
    one.write_bytes(one.read_bytes()[:-1])
    code, said = _shell(checking, work)
    assert code == 0
    assert said.rstrip().endswith(one.name)


def test_neither_what_lies_aside_nor_an_editor_hinders_the_way_back(
    desk: SealedDesk, tmp_path: Path
) -> None:
    """A damaged object opens no more, a trial one that a locked bucket kept is plain."""
    (bad,) = (desk.bucket / "陈建国").rglob("*.mp3")
    bad.write_bytes(flip(bad.read_bytes(), 8 * 40))
    assert desk.run("verify", "--mirror", "--level", "contents").exit_code == NEEDS_A_PERSON
    assert desk.run("repair").exit_code == DONE
    assert list((desk.bucket / ".callvault" / "aside").rglob("*.mp3"))
    trial = desk.bucket / ".callvault" / "selftest-1" / "trial"
    trial.parent.mkdir()
    trial.write_bytes(b"plain")
    text = f"\ufeff {desk.password('first')} \r\nof the first mirror\r\n"
    desk.keys["first"].write_text(text, encoding="utf-8", newline="")
    assert desk.run("verify", "--mirror", "--level", "contents").exit_code == DONE
    work, copying, checking = _elsewhere(desk, "first", tmp_path)
    assert _shell(copying, work) == (0, "")
    recordings = {path: one for path, one in desk.kept().items() if path.endswith(".mp3")}
    assert recordings.items() <= contents_of(work / "plain").items()
    nothing_unknown = (1, "")
    assert _shell(checking, work) == nothing_unknown


def test_names_come_back_as_they_are_on_windows_too(desk: SealedDesk, tmp_path: Path) -> None:
    """As far as that can be tried here: with what rclone does to names there by default."""
    (call,) = (desk.bucket / "陈建国").rglob("*.mp3")
    shutil.copy(call, call.with_name("在吗？：＊.mp3"))
    work, copying, _ = _elsewhere(desk, "first", tmp_path)
    documents = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    (documented,) = re.findall(r"`--local-encoding (\S+)`", documents)
    of_windows = f"{documented},LtGt,DoubleQuote,Colon,Question,Asterisk,Pipe,Ctl,RightSpace"
    names = []
    for encoding in (of_windows, documented):
        assert _shell(f"rm -rf plain\n{copying.rstrip()} --local-encoding {encoding}", work)[0] == 0
        names.append({path.name for path in (work / "plain" / "陈建国").rglob("*.mp3")})
    assert names == [{call.name, "在吗‛？‛：‛＊.mp3"}, {call.name, "在吗？：＊.mp3"}]


def _elsewhere(desk: SealedDesk, mirror: str, tmp_path: Path) -> tuple[Path, str, str]:
    """A folder with rclone.conf and the key, and the documented commands to be run in it."""
    work = tmp_path / "elsewhere"
    work.mkdir()
    conf, copying, checking = _documented()
    conf = conf.replace("https://oss-cn-hangzhou.aliyuncs.com", desk.server.endpoint_url)
    conf = conf.replace("= Alibaba", "= Other")
    place = f"store:{desk.server.bucket}" if mirror == "first" else str(desk.nas)
    conf = conf.replace("store:BUCKET/PREFIX", place)
    (work / "rclone.conf").write_text(conf, encoding="utf-8")
    shutil.copy(desk.keys[mirror], work / "callvault.key")
    return work, copying, checking


def _documented() -> tuple[str, str, str]:
    """rclone.conf, and the commands, as docs/operations.md has them."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    section = text.partition("#### Back without callvault")[2].partition("\n## ")[0]
    (conf,) = re.findall(r"```ini\n(.*?)```", section, re.DOTALL)
    copying, checking = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return conf, copying, checking


def _shell(commands: str, folder: Path) -> tuple[int, str]:
    """The last one's exit code, and what they say."""
    path = f"{Path(rclone()).parent}:{os.environ['PATH']}"
    credentials = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "PATH": path}
    done = subprocess.run(
        ["bash", "-c", commands],
        cwd=folder,
        env=bare_environment() | credentials,
        stdout=subprocess.PIPE,
        check=False,
    )
    return done.returncode, done.stdout.decode()
