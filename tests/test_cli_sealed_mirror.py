"""Mirrors encrypted on this computer: every command, and the way back without callvault."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from archive.sealing import MAGIC
from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON, WRONG_USE
from tests.archive.two_copies import flip
from tests.audit.offices import Row, miui
from tests.desk import IN_TIME, ROOT, Desk, run
from tests.s3_server import KEY, SECRET, S3Server, bare_environment, rclone

CHEN = Row("陈建国", "15405381201")
CALL = miui("陈建国", "15405381201")
STRANGER = miui("工地老赵", "15405387777")
MODES = {"first": (), "nas": ("--using", "nas")}


class SealedDesk(Desk):
    """The first mirror is a bucket, the other one a folder; each has a key of its own."""

    def __init__(self, folder: Path, server: S3Server, nas: Path) -> None:
        super().__init__(folder)
        self.server, self.nas = server, nas
        self.bucket = server.folder / server.bucket
        self.plain = self.config.read_text(encoding="utf-8")
        self.keys = {name: folder / f"{name}.key" for name in ("first", "nas", "other")}
        for key in self.keys.values():
            if not key.exists():
                assert self.run("new-key", str(key)).exit_code == DONE
        self.set(first="first", nas="nas")

    def set(self, *, first: str | None, nas: str | None) -> None:
        """Which key each mirror's settings name."""
        self.config.write_text(
            f'{self.plain}[mirror]\nbucket = "{self.server.bucket}"\n'
            f'endpoint_url = "{self.server.endpoint_url}"\nregion = "us-east-1"\n'
            f'addressing_style = "path"\n{_key_file(first)}'
            f"[[mirrors]]\nname = 'nas'\nfolder = '{self.nas}'\n{_key_file(nas)}",
            encoding="utf-8",
        )

    def password(self, name: str) -> str:
        return self.keys[name].read_text(encoding="utf-8").strip()

    def ingest(self) -> None:
        done = self.run("ingest", "--as-of", IN_TIME)
        assert done.exit_code in (DONE, NEEDS_A_PERSON), done.output
        assert done.stderr == ""

    def kept(self) -> Mapping[str, bytes]:
        """Recordings, sheets and custody files, by their paths in the archive."""
        every = (path for path in sorted(self.archive.rglob("*")) if path.is_file())
        found = {path.relative_to(self.archive).as_posix(): path.read_bytes() for path in every}
        own = (".callvault/sheets/", ".callvault/custody/")
        return {
            path: contents
            for path, contents in found.items()
            if not path.startswith(".callvault/") or path.startswith(own)
        }

    def lose_the_computer(self) -> None:
        shutil.rmtree(self.archive)
        shutil.rmtree(self.inbox)
        self.inbox.mkdir()
        (self.config.parent / "callvault.toml.archive").unlink(missing_ok=True)


def _key_file(name: str | None) -> str:
    return f"key_file = '{name}.key'\n" if name else ""


def contents_of(folder: Path) -> Mapping[str, bytes]:
    every = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in every}


def objects(desk: SealedDesk) -> Mapping[str, bytes]:
    """What both mirrors hold, by place and key."""
    in_nas = contents_of(desk.nas)
    return {f"bucket/{key}": one for key, one in contents_of(desk.bucket).items()} | {
        f"nas/{key}": one for key, one in in_nas.items() if not key.startswith(".callvault-mirror/")
    }


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk's folder: one recording is filed, one held, and both are in the mirrors."""
    folder = tmp_path_factory.mktemp("filled")
    (folder / "nas").mkdir()
    with S3Server(folder / "bucket") as server, pytest.MonkeyPatch.context() as patch:
        server.sign_in(patch)
        desk = SealedDesk(folder, server, folder / "nas")
        desk.office.record(CALL)
        desk.office.record(STRANGER)
        desk.office.sheet(CHEN)
        desk.ingest()
    return folder


@pytest.fixture
def desk(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SealedDesk]:
    """A copy of it, at work."""
    for name in ("bucket", "nas"):
        shutil.copytree(filled / name, tmp_path / name)
    for name in ("first", "nas", "other"):
        shutil.copy(filled / f"{name}.key", tmp_path)
    with S3Server(tmp_path / "bucket") as server:
        server.sign_in(monkeypatch)
        desk = SealedDesk(tmp_path, server, tmp_path / "nas")
        for call in (CALL, STRANGER):  # so that what is recorded later has other bytes
            desk.office.record(call)
        for name in ("inbox", "archive"):
            shutil.copytree(filled / name, tmp_path / name, dirs_exist_ok=True)
        yield desk


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


def test_all_that_looks_at_the_mirrors_finds_them_sound(desk: SealedDesk) -> None:
    for level in ("presence", "size", "contents"):
        assert desk.run("verify", "--level", level).exit_code == DONE
    assert desk.run("custody", "--verify").exit_code == DONE
    for using in MODES.values():
        told = desk.told("compare", *using)
        assert set(told["counts"]) >= {"equal"}
        assert told["keys"] == []
    assert desk.run("selftest").exit_code in (DONE, NEEDS_A_PERSON)
    before = objects(desk)
    desk.ingest()
    assert {key: objects(desk)[key] for key in before} == before


@pytest.mark.parametrize("mirror", MODES)
def test_a_damaged_object_is_named_and_put_right(desk: SealedDesk, mirror: str) -> None:
    folder = desk.bucket if mirror == "first" else desk.nas
    (bad,) = (folder / "陈建国").rglob("*.mp3")
    whole = bad.read_bytes()
    bad.write_bytes(flip(whole, 8 * 40))
    assert desk.run("verify", "--mirror").exit_code == DONE  # it has the size
    found = desk.run("verify", "--mirror", "--level", "contents")
    assert found.exit_code == NEEDS_A_PERSON
    assert bad.relative_to(folder).as_posix() in found.stdout
    assert desk.run("repair").exit_code == DONE
    assert bad.read_bytes() == whole
    assert desk.run("verify", "--level", "contents").exit_code == DONE
    bad.write_bytes(whole[:-100])
    (differs,) = desk.told("compare", *MODES[mirror])["keys"]
    assert differs["code"] == "sizes"
    bad.write_bytes((desk.archive / bad.relative_to(folder)).read_bytes())
    (plain,) = desk.told("compare", *MODES[mirror])["keys"]
    assert plain["code"] == "sizes"


@pytest.mark.parametrize("mirror", MODES)
def test_a_folder_of_ones_own_gets_the_plain_recordings(
    desk: SealedDesk, mirror: str, tmp_path: Path
) -> None:
    assert desk.run("restore", str(tmp_path / "to"), *MODES[mirror]).exit_code == DONE
    recordings = {path: one for path, one in desk.kept().items() if path.endswith(".mp3")}
    assert contents_of(tmp_path / "to") == recordings


def test_a_person_who_assigns_moves_the_sealed_object(desk: SealedDesk) -> None:
    (held,) = (desk.bucket / "_holding").rglob("*.mp3")
    sealed = held.read_bytes()
    assert desk.run("assign", STRANGER, "陈建国").exit_code == DONE
    desk.ingest()
    assert not held.exists()
    assert sealed in contents_of(desk.bucket).values()
    assert desk.run("verify", "--level", "contents").exit_code == DONE


def test_a_source_is_released_on_sealed_copies(desk: SealedDesk) -> None:
    desk.config.write_text(
        desk.config.read_text(encoding="utf-8").replace(
            "path = 'inbox'\n", "path = 'inbox'\nrelease = 'move'\n"
        ),
        encoding="utf-8",
    )
    desk.ingest()
    assert not list(desk.inbox.rglob("*.mp3"))
    assert len(list((desk.inbox.parent / "inbox-released").rglob("*.mp3"))) == 2


# A lost computer


@pytest.mark.parametrize("mirror", MODES)
def test_a_lost_computer_comes_back_with_the_key_alone(desk: SealedDesk, mirror: str) -> None:
    before, kept, held = desk.tree(), desk.kept(), objects(desk)
    desk.lose_the_computer()
    using = MODES[mirror] or ("--mirror",)
    assert desk.run("rebuild", *using).exit_code == DONE
    assert desk.tree() == before
    assert kept.items() <= desk.kept().items()
    assert objects(desk) == held
    desk.ingest()
    assert desk.run("verify", "--level", "contents").exit_code == DONE
    assert desk.run("custody", "--verify").exit_code == DONE
    desk.set(first="other", nas="other")
    assert "are encrypted with the key" in desk.run("verify", "--mirror").stderr


@pytest.mark.parametrize("mirror", MODES)
def test_with_a_wrong_key_or_none_nothing_is_rebuilt(desk: SealedDesk, mirror: str) -> None:
    before, held = desk.tree(), objects(desk)
    desk.lose_the_computer()
    using = MODES[mirror] or ("--mirror",)
    for key, said in (("other", "do not open with the key"), (None, "name no key_file")):
        desk.set(first=key, nas=key)
        refused = desk.run("rebuild", *using)
        assert refused.exit_code == FAILED
        assert said in refused.stderr
        assert "Nothing was changed" in refused.stderr
        assert not desk.archive.exists()
    desk.set(first="first", nas="nas")
    assert desk.run("rebuild", *using).exit_code == DONE
    assert (desk.tree(), objects(desk)) == (before, held)


# Another key than the mirrors have


@pytest.mark.parametrize(("key", "said"), [("other", "holds the key"), (None, "Set key_file back")])
def test_with_another_key_or_none_nothing_is_touched_or_called_damaged(
    desk: SealedDesk, key: str | None, said: str, tmp_path: Path
) -> None:
    before, held = desk.tree(), objects(desk)
    desk.set(first=key, nas=key)
    for command in (
        ("verify", "--mirror", "--level", "contents"),
        ("compare",),
        ("compare", "--using", "nas"),
        ("restore", str(tmp_path / "to")),
        ("repair",),
        ("custody", "--verify"),
    ):
        refused = desk.run(*command)
        assert refused.exit_code == FAILED, command
        assert said in refused.stderr, command
    desk.office.record(miui("妈妈", "15405389999"))
    refused = desk.run("ingest", "--as-of", IN_TIME)
    assert refused.stderr.count(said) == 2
    assert objects(desk) == held
    assert len(desk.tree()) == len(before) + 1  # it is taken in all the same
    unfit = [one for one in desk.told("check") if one["part"] == "encryption"]
    assert [one["fit"] for one in unfit] == [False, False]
    desk.set(first="first", nas="nas")
    desk.ingest()
    assert desk.run("verify", "--level", "contents").exit_code == DONE
    assert all(one.startswith(MAGIC) for one in objects(desk).values())


def test_a_plain_mirror_does_not_become_an_encrypted_one(
    tmp_path: Path, server: S3Server, nas: Path
) -> None:
    desk = SealedDesk(tmp_path, server, nas)
    desk.set(first=None, nas=None)
    desk.office.record(CALL)
    desk.office.sheet(CHEN)
    desk.ingest()
    held = objects(desk)
    desk.set(first="first", nas="nas")
    refused = desk.run("ingest", "--as-of", IN_TIME)
    assert refused.exit_code == DONE  # nothing was owed
    assert desk.run("verify", "--mirror").exit_code == FAILED
    assert "does not become an encrypted one" in desk.run("verify", "--mirror").stderr
    assert objects(desk) == held
    # What is said to do: another one beside it.
    desk.set(first=None, nas=None)
    second = tmp_path / "second"
    second.mkdir()
    more = f"[[mirrors]]\nname = 'sealed'\nfolder = '{second}'\nkey_file = 'nas.key'\n"
    desk.config.write_text(desk.config.read_text(encoding="utf-8") + more, encoding="utf-8")
    desk.ingest()
    assert desk.run("verify", "--mirror", "--level", "contents").exit_code == DONE
    sealed = {key: one for key, one in contents_of(second).items() if "callvault-mirror" not in key}
    assert len(sealed) >= 3
    assert all(one.startswith(MAGIC) for one in sealed.values())


def test_a_key_that_is_lost_is_told_before_anything_is_sent(desk: SealedDesk) -> None:
    held = objects(desk)
    away = desk.keys["first"].rename(desk.keys["first"].with_name("away"))
    desk.office.record(miui("妈妈", "15405389999"))
    refused = desk.run("ingest", "--as-of", IN_TIME)
    assert "there is no key file" in refused.stderr
    assert held.items() <= objects(desk).items()
    assert {key for key in objects(desk) if key.startswith("bucket/")} == {
        key for key in held if key.startswith("bucket/")
    }
    away.rename(desk.keys["first"])
    desk.ingest()
    assert desk.run("verify", "--level", "contents").exit_code == DONE


@pytest.mark.parametrize(("key", "said"), [("other", "do not open"), (None, "name no key_file")])
def test_an_archive_begun_anew_sends_nothing_otherwise_sealed_to_where_objects_are(
    desk: SealedDesk, key: str | None, said: str
) -> None:
    """Its catalogue knows of no key: somebody forgot `rebuild`, or named the mirror anew."""
    held = objects(desk)
    desk.lose_the_computer()
    desk.set(first=key, nas=key)
    desk.office.record(miui("妈妈", "15405389999"))
    refused = desk.run("ingest", "--as-of", IN_TIME)
    assert objects(desk) == held
    assert refused.stderr.count(said) == 2


def test_a_mirror_under_another_name_keeps_its_key(desk: SealedDesk) -> None:
    held = objects(desk)
    desk.set(first="first", nas=None)
    text = desk.config.read_text(encoding="utf-8")
    desk.config.write_text(text.replace("'nas'\n", "'disk'\n", 1), encoding="utf-8")
    desk.office.record(miui("妈妈", "15405389999"))
    refused = desk.run("ingest", "--as-of", IN_TIME)
    in_nas = {key: one for key, one in objects(desk).items() if key.startswith("nas/")}
    assert in_nas.items() <= held.items()
    assert "name no key_file" in refused.stderr


# What is said of the keys, and what is not


def test_check_tells_of_each_mirror(desk: SealedDesk) -> None:
    told = [one for one in desk.told("check") if one["part"] == "encryption"]
    assert [one["fit"] for one in told] == [True, True]
    assert len({one["message"] for one in told}) == 2
    desk.keys["nas"].chmod(0o644)
    (_, note) = (one for one in desk.told("check") if one["part"] == "encryption")
    assert note["fit"]
    assert f"Run chmod 600 '{desk.keys['nas']}'" in note["message"]
    desk.set(first=None, nas=None)
    refused = desk.run("check")
    assert refused.exit_code == NEEDS_A_PERSON
    assert refused.stdout.count("Set key_file back") == 2


def test_a_new_office_hears_that_its_mirror_is_plain(
    tmp_path: Path, server: S3Server, nas: Path
) -> None:
    desk = SealedDesk(tmp_path, server, nas)
    desk.set(first=None, nas="nas")
    told = [one for one in desk.told("check") if one["part"] == "encryption"]
    assert [one["fit"] for one in told] == [True, True]
    assert "is not encrypted on this computer" in told[0]["message"]
    assert "with the key" in told[1]["message"]


def test_the_keys_stand_nowhere_else(desk: SealedDesk, tmp_path: Path) -> None:
    desk.office.record(miui("妈妈", "15405389999"))
    said = [desk.run("ingest", "-v", "--as-of", IN_TIME).output, desk.run("check").output]
    said += [desk.run("verify", "--format", "json").output, desk.run("report").output]
    said += [desk.run("custody", "--verify").output]
    for name in ("first", "nas"):
        password = desk.password(name)
        assert not any(password in one for one in said)
        everything = contents_of(tmp_path)
        del everything[f"{name}.key"]  # type: ignore[attr-defined]
        assert not any(password.encode() in one for one in everything.values())


def test_new_key_never_overwrites_and_keeps_out_of_where_recordings_lie(desk: SealedDesk) -> None:
    before = desk.password("first")
    again = desk.run("new-key", str(desk.keys["first"]))
    assert again.exit_code == FAILED
    assert "left alone" in again.stderr
    assert desk.password("first") == before
    for folder in (desk.inbox, desk.archive, desk.nas):
        refused = desk.run("new-key", str(folder / "key"))
        assert refused.exit_code == FAILED
        assert "must not lie in" in refused.stderr
        assert not (folder / "key").exists()


def test_new_key_needs_no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    done = run("new-key", "callvault.key")
    assert done.exit_code == DONE
    assert (tmp_path / "callvault.key").read_text(encoding="ascii").strip() not in done.output
    assert "Print it now" in done.stdout
    assert f"key_file = '{tmp_path / 'callvault.key'}'" in done.stdout
    named = tomllib.loads(done.stdout.split("Write ")[1].split(" into the settings")[0])
    assert named == {"key_file": str(tmp_path / "callvault.key")}


@pytest.mark.parametrize("place", ["inbox", "archive", "nas"])
def test_settings_with_a_key_where_recordings_lie_are_wrong(desk: SealedDesk, place: str) -> None:
    for mirror in ("first", "nas"):
        desk.set(first="first", nas="nas")
        text = desk.config.read_text(encoding="utf-8")
        wrong = text.replace(f"'{mirror}.key'", f"'{place}/{mirror}.key'")
        desk.config.write_text(wrong, encoding="utf-8")
        refused = desk.run("check")
        assert refused.exit_code == WRONG_USE
        assert "Move it to another folder" in refused.stderr
