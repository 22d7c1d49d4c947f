"""Checks a package of call recordings from callvault; needs Python 3.8 or newer, nothing else.

    python verify.py [FOLDER or ZIP]        without a name: the folder in which this file lies

核对 callvault 导出的录音包，只需要 Python 3.8 或更新版本。退出码：0 完好，1 有问题，2 用法不对。
Exit status: 0 the package is sound, 1 it is not, 2 wrong usage. Nothing is written anywhere.
Time stamps are only looked at: their signatures are checked with openssl, as README.html says.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
import struct
import sys
import zipfile
import zlib
from collections import Counter
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    Problem = tuple[str, str]
    """A key of SENTENCES, and where."""
    Said = dict[str, Any]

PAYLOAD = "data/"
TAG_MANIFEST = "tagmanifest-sha256.txt"
MANIFEST = "manifest-sha256.txt"
ENTRIES = "custody/entries.jsonl"
FILES = "custody/files.jsonl"
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
CHUNK = 1 << 20
UNREADABLE = (
    OSError,
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading raises; most of them of a damaged ZIP."""
MOST = 200
"""Problems that are told one by one."""

LAID_DOWN = {".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini"}
"""Files that Mac and Windows make by themselves; on foreign disks a Mac has `._name`, too."""

SENTENCES = {
    "no_package": (
        "这里没有录音包：找不到 tagmanifest-sha256.txt",
        "there is no package here: tagmanifest-sha256.txt is missing",
    ),
    "missing": ("缺少文件", "a file is missing"),
    "altered": ("文件被改动或已损坏", "a file was altered or is damaged"),
    "extra": ("多出的文件，清单里没有", "a file too many, which no manifest has"),
    "laid_down": (
        "系统在打开文件夹时放下的文件，不属于录音包：请删除后再核对",
        "a file that systems lay down in folders, not of the package: delete it, and check again",
    ),
    "no_file": ("不是普通文件（链接或特殊文件）", "no plain file (a link or a special file)"),
    "unreadable": ("读不了", "it cannot be read"),
    "manifest": ("清单的这一行写法不对", "this line of the manifest is not as it should be"),
    "declaration": ("bagit.txt 内容不对", "bagit.txt does not say what it should"),
    "size": (
        "bag-info.txt 里的总大小与录音不符",
        "the sizes of the recordings are not what bag-info.txt says",
    ),
    "entry": (
        "保管记录的这一条不成立：哈希值、编号或次序不符",
        "this custody entry does not hold: its hash, number or order is wrong",
    ),
    "proof": (
        "这一条的证明路径到不了锚定记录的根哈希",
        "the way from this entry does not lead to the root that its anchor tells",
    ),
    "no_custody": (
        "录音没有收进时的保管记录",
        "no custody entry tells of this recording's admission",
    ),
    "elsewhere": (
        "录音不在保管记录所说的位置",
        "the recording is not where its custody entries say",
    ),
    "custody_file": (
        "保管文件的说明不成立",
        "what is said of this custody file does not hold",
    ),
    "stamp": (
        "时间戳不是这个保管文件的",
        "the time stamp is not about this custody file",
    ),
}


class Folder:
    """A package that lies unpacked; links in it are never followed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []

    def names(self) -> list[str]:
        found, folders = [], [""]
        while folders:
            folder = folders.pop()
            for entry in (self.root / folder).iterdir():
                name = folder + entry.name
                mode = entry.lstat().st_mode
                if stat.S_ISDIR(mode):
                    folders.append(f"{name}/")
                elif stat.S_ISREG(mode):
                    found.append(name)
                else:
                    self.problems.append(("no_file", name))
        return found

    def open(self, name: str) -> IO[bytes]:
        return self.root.joinpath(*name.split("/")).open("rb")


class Zip:
    """A package that lies in a ZIP, in one folder of it; nothing is unpacked."""

    def __init__(self, path: Path) -> None:
        self.archive = zipfile.ZipFile(path)
        self.problems: list[Problem] = []
        self.top = ""

    def names(self) -> list[str]:
        files = [one.filename for one in self.archive.infolist() if not one.is_dir()]
        tops = sorted(name for name in files if name.endswith(f"/{TAG_MANIFEST}"))
        self.top = tops[0][: -len(TAG_MANIFEST)] if tops else ""
        counted = Counter(files)
        for name in counted:
            if counted[name] > 1 or not name.startswith(self.top):
                self.problems.append(("extra", name))
        return [name[len(self.top) :] for name in counted if name.startswith(self.top)]

    def open(self, name: str) -> IO[bytes]:
        return self.archive.open(self.top + name)


class Checked:
    """What checking came to."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.files = 0
        self.recordings = 0
        self.entries = 0
        self.proven = 0
        """Recordings whose admission stands under an anchor that was time-stamped."""
        self.stamps: list[str] = []
        self.tag_sha256 = ""


def check(tree: Folder | Zip) -> Checked:
    """Checks the package in `tree`, a Folder or a Zip; OSError or BadZipFile where it ends."""
    checked = Checked()
    there = set(tree.names())
    problems = checked.problems
    problems += tree.problems
    if TAG_MANIFEST not in there:
        problems.append(("no_package", TAG_MANIFEST))
        return checked
    checked.tag_sha256, _ = _hashed(tree, TAG_MANIFEST)
    listed = _manifest(tree, TAG_MANIFEST, is_payload=False, problems=problems)
    payload = (
        dict(_manifest(tree, MANIFEST, is_payload=True, problems=problems))
        if MANIFEST in there
        else {}
    )
    listed.update(payload)
    problems += [(_extra(name), name) for name in sorted(there - set(listed) - {TAG_MANIFEST})]
    sizes = _hold(tree, listed, there, problems)
    checked.files = len(there)
    checked.recordings = len(payload)
    _declared(tree, there, {name: sizes.get(name, 0) for name in payload}, problems)
    _custody(tree, there, payload, checked)
    return checked


def _extra(name: str) -> str:
    last = name.rpartition("/")[2].lower()
    return "laid_down" if last in LAID_DOWN or last.startswith("._") else "extra"


def _hold(
    tree: Folder | Zip,
    listed: Mapping[str, str],
    there: Collection[str],
    problems: list[Problem],
) -> dict[str, int]:
    """Every file's bytes against the manifests; returns sizes in bytes."""
    sizes = {}
    for name in sorted(listed):
        if name not in there:
            problems.append(("missing", name))
            continue
        try:
            sha256, sizes[name] = _hashed(tree, name)
        except UNREADABLE:
            problems.append(("unreadable", name))
            continue
        if sha256 != listed[name]:
            problems.append(("altered", name))
    needed = ("bagit.txt", "bag-info.txt", MANIFEST, ENTRIES, FILES)
    problems += [("missing", name) for name in needed if name not in listed]
    return sizes


def _hashed(tree: Folder | Zip, name: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with tree.open(name) as reader:
        for chunk in iter(lambda: reader.read(CHUNK), b""):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def _manifest(
    tree: Folder | Zip, name: str, *, is_payload: bool, problems: list[Problem]
) -> dict[str, str]:
    """The names and hashes of a manifest, whose every line is held against how callvault writes."""
    whole = contents(tree, name)
    if whole is None:
        problems.append(("unreadable", name))
    *lines, rest = (whole or b"").split(b"\n")
    if rest:
        problems.append(("manifest", f"{name}:{len(lines) + 1}"))
    listed: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        found = re.fullmatch(rb"([0-9a-f]{64})  ([^\r\0%\\]+)", line)
        told = _decoded(found.group(2)) if found else None
        if found is None or told is None or told in listed or not _fits(told, is_payload):
            problems.append(("manifest", f"{name}:{number}"))
        else:
            listed[told] = found.group(1).decode()
    return listed


def _decoded(name: bytes) -> str | None:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _fits(name: str, is_payload: bool) -> bool:
    """No name leads out of the package."""
    parts = name.split("/")
    own = not any(part in ("", ".", "..") for part in parts) and ":" not in parts[0]
    return own and name.startswith(PAYLOAD) is is_payload and name != TAG_MANIFEST


def _declared(
    tree: Folder | Zip,
    there: Collection[str],
    sizes: Mapping[str, int],
    problems: list[Problem],
) -> None:
    if "bagit.txt" in there and contents(tree, "bagit.txt") != DECLARATION:
        problems.append(("declaration", "bagit.txt"))
    if "bag-info.txt" in there:
        oxum = f"Payload-Oxum: {sum(sizes.values())}.{len(sizes)}"
        if oxum.encode() not in (contents(tree, "bag-info.txt") or b"").split(b"\n"):
            problems.append(("size", "bag-info.txt"))


def contents(tree: Folder | Zip, name: str) -> bytes | None:
    """A small file whole; `None` where it is not there or cannot be read."""
    try:
        with tree.open(name) as reader:
            return reader.read()
    except UNREADABLE:
        return None


def _custody(
    tree: Folder | Zip, there: Collection[str], payload: Mapping[str, str], checked: Checked
) -> None:
    """The entries hold by themselves, and tell of every recording that lies in the package."""
    admitted: dict[str, Said] = {}
    places: dict[str, str] = {}
    files = _custody_files(tree, there, checked)
    anchors: dict[int, Said] = {}
    told: list[tuple[str, Said]] = []
    last, last_hash = 0, ""
    for line, said in _lines(tree, there, ENTRIES, checked):
        where = f"{ENTRIES}:{line}"
        body = _sound(tree, there, said, (last, last_hash), files)
        if body is None:
            checked.problems.append(("entry", where))
            continue
        last, last_hash = said["seq"], said["hash"]
        checked.entries += 1
        told.append((where, said))
        if body.get("event") == "anchored" and _is_stamped(said, files):
            anchors[last] = body
        if body.get("event") == "admitted":
            admitted[body["sha256"]] = said
        if body.get("event") in ("admitted", "filed", "held"):
            places[body["sha256"]] = PAYLOAD + str(body.get("path")).replace("%", "％")
    checked.problems += [("proof", where) for where, said in told if not _leads(said, anchors)]
    for name, sha256 in sorted(payload.items()):
        if sha256 not in admitted:
            checked.problems.append(("no_custody", name))
        elif places[sha256] != name:
            checked.problems.append(("elsewhere", name))
        elif admitted[sha256].get("anchor") is not None:
            checked.proven += 1


def _sound(
    tree: Folder | Zip,
    there: Collection[str],
    said: Said,
    before: tuple[int, str],
    files: Mapping[int, Said],
) -> Said | None:
    """The body of an entry that holds, else `None`."""
    try:
        name = f"custody/entries/{said['seq']:08d}.txt"
        preimage = (contents(tree, name) if name in there else None) or b""
        previous, entry = preimage.decode("utf-8").split("\n", 1)
        body: Said = json.loads(entry)
        follows = said["seq"] != before[0] + 1 or before[0] == 0 or previous == before[1]
        holds = (
            hashlib.sha256(preimage).hexdigest() == said["hash"]
            and body["seq"] == said["seq"] > before[0]
            and follows
            and isinstance(body["sha256"], str)
            and _in_file(tree, said, entry, files)
        )
    except (KeyError, TypeError, ValueError):
        return None
    return body if holds else None


def _in_file(tree: Folder | Zip, said: Said, entry: str, files: Mapping[int, Said]) -> bool:
    """It stands in a custody file that is told of; where that is shown, it is seen there."""
    if said["file"] is None:
        return True
    of = files[said["file"]]
    at_end = (said["seq"], said["hash"]) == (of["last"], of["head"])
    if of["shown"] is None:
        return said["seq"] < of["last"] or at_end
    lines = (contents(tree, of["shown"]) or b"").splitlines()
    told = [json.loads(line.decode("utf-8")) for line in lines[1:]]
    return {"entry": entry, "hash": said["hash"]} in told


def _is_stamped(said: Said, files: Mapping[int, Said]) -> bool:
    """Whether the custody file that an anchor stands in can be seen and has a time stamp.

    Any other anchor proves nothing: whoever forges an entry can write one for it.
    """
    of = files.get(said["file"]) or {}
    return of.get("shown") is not None and of.get("stamp") is not None


def _leads(said: Said, anchors: Mapping[int, Said]) -> bool:
    """Whether the way up from an entry ends at the root that its anchor tells, if it has one."""
    if said.get("anchor") is None:
        return True
    try:
        anchor = anchors[said["anchor"]]
        if not anchor["first"] <= said["seq"] <= anchor["last"]:
            return False
        node = hashlib.sha256(b"\0" + bytes.fromhex(said["hash"])).digest()
        for step in said["path"]:
            beside = bytes.fromhex(step[1:])
            pair = beside + node if step[0] == "L" else node + beside
            node = hashlib.sha256(b"\1" + pair).digest()
    except (KeyError, TypeError, ValueError, IndexError):
        return False
    return bool(anchor["sha256"] == node.hex())


def _custody_files(tree: Folder | Zip, there: Collection[str], checked: Checked) -> dict[int, Said]:
    files = {}
    for line, said in _lines(tree, there, FILES, checked):
        try:
            digest, stamp, shown = bytes.fromhex(said["sha256"]), said["stamp"], said["shown"]
            fits = isinstance(said["last"], int) and isinstance(said["head"], str)
            fits = fits and (shown is None or _is(tree, there, shown, said["sha256"]))
            files[said["number"]] = said
        except (KeyError, TypeError, ValueError):
            fits, stamp = False, None
        if not fits:
            checked.problems.append(("custody_file", f"{FILES}:{line}"))
        elif stamp is not None:
            checked.stamps.append(stamp)
            if stamp not in there or digest not in (contents(tree, stamp) or b""):
                checked.problems.append(("stamp", stamp))
    return files


def _is(tree: Folder | Zip, there: Collection[str], name: str, sha256: str) -> bool:
    whole = (contents(tree, name) if name in there else None) or b""
    return hashlib.sha256(whole).hexdigest() == sha256


def _lines(
    tree: Folder | Zip, there: Collection[str], name: str, checked: Checked
) -> Iterator[tuple[int, Said]]:
    """The objects of a file of JSON lines, each with its number."""
    whole = (contents(tree, name) if name in there else None) or b""
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            said = json.loads(line.decode("utf-8"))
        except ValueError:
            said = None
        if isinstance(said, dict):
            yield number, said
        else:
            checked.problems.append(("entry", f"{name}:{number}"))


def opened(path: Path) -> Folder | Zip:
    """The package at `path`; OSError or BadZipFile where there is none."""
    return Folder(path) if path.is_dir() else Zip(path)


def report(checked: Checked) -> Iterator[str]:
    """What checking came to, line by line, in Chinese and English."""
    for code, where in checked.problems[:MOST]:
        zh, en = SENTENCES[code]
        shown = where if where.isprintable() else where.encode("unicode_escape").decode()
        yield f"✗ {zh} / {en}: {shown}"
    if count := len(checked.problems):
        yield f"✗ 共 {count} 个问题：这个录音包不完好 / {count} problems: this package is not sound"
        return
    recordings, files, entries = checked.recordings, checked.files, checked.entries
    yield f"✓ 完好：{recordings} 个录音，{files} 个文件，{entries} 条保管记录"
    yield f"✓ sound: {recordings} recordings, {files} files, {entries} custody entries"
    yield f"  其中 {checked.proven} 个录音的收进记录由带时间戳的锚定记录证明"
    yield f"  of {checked.proven} recordings the admission is proven by a time-stamped anchor"
    yield f"  SHA-256 ({TAG_MANIFEST}): {checked.tag_sha256}"
    yield "  请与出具方另行告知的数字核对 / compare it with the number that you were told otherwise"
    if stamps := len(checked.stamps):
        yield f"  {stamps} 个时间戳：请用 openssl 验证签名，见 README.html"
        yield f"  {stamps} time stamps: verify their signatures with openssl, see README.html"


def main(arguments: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if len(arguments) > 1 or (arguments and arguments[0].startswith("-")):
        print(__doc__)
        return 2
    path = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    try:
        checked = check(opened(path))
    except UNREADABLE as error:
        print(f"✗ 读不了 / cannot be read: {path}: {error}")
        return 1
    for line in report(checked):
        print(line)
    return 1 if checked.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
