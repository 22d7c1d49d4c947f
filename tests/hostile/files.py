"""Hostile files: links, special files, bombs and broken audio, each made into the inbox."""

from __future__ import annotations

import io
import json
import os
import socket
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from xlsxwriter import Workbook

from tests.ingest.small_office import HEADER, sheet
from tests.sample.sound import AUDIO, call

CONTENT_TYPES = "[Content_Types].xml"
ROW = ("张三", "13800138000", "09:00:00")


@dataclass(frozen=True, slots=True)
class HostileFile:
    source: str
    """Below the collector's folder."""
    make: Callable[[Path], object]
    """Makes it at a path whose folder is there."""
    outcome: str
    """What the report is to say: a recording's status, `held` for any in holding; `unreadable` or
    `read` for a sheet.
    """


def hostile_files(outside: Path, *, whole: bool = False) -> list[HostileFile]:
    """All of them, with those that cost minutes if `whole`; links lead to the folder `outside`."""
    usual = [
        *_not_regular(outside),
        *_sizes(),
        *_sheets(),
        *_text_sheets(),
        *_audio(),
        *_sidecars(),
    ]
    devices = _devices() if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [*usual, *devices, *(_costly() if whole else [])]


def _not_regular(outside: Path) -> list[HostileFile]:
    def link(target: Path | str) -> Callable[[Path], object]:
        return lambda path: path.symlink_to(target)

    secret = outside / "secret.amr"
    return [
        HostileFile("link.amr", link("/etc/passwd"), "refused"),
        HostileFile("link-to-recording.amr", link(secret), "refused"),
        HostileFile("link-to-sheet.xlsx", link(outside / "secret.csv"), "refused"),
        HostileFile("link-relative.amr", link("../../../../outside/secret.amr"), "refused"),
        HostileFile("link-to-nothing.amr", link("nowhere.amr"), "refused"),
        HostileFile("link-to-itself.amr", lambda path: path.symlink_to(path), "refused"),
        HostileFile("link-to-proc.amr", link("/proc/self/environ"), "refused"),
        HostileFile("linked-folder", link(outside), "refused"),
        HostileFile("linked-parent", link(".."), "refused"),
        HostileFile("linked-root", link("/"), "refused"),
        HostileFile("hard-link.amr", lambda path: path.hardlink_to(secret), "refused"),
        HostileFile(
            "hard-linked.csv", lambda path: path.hardlink_to(outside / "secret.csv"), "refused"
        ),
        HostileFile("pipe.amr", os.mkfifo, "refused"),
        HostileFile("pipe.xlsx", os.mkfifo, "refused"),
        HostileFile("pipe", os.mkfifo, "refused"),
        HostileFile("socket.amr", _socket, "refused"),
        HostileFile("folder.mp3/folder.xlsx/inside.mp3", _bytes(b"\xff\xfb"), "damaged"),
    ]


def _devices() -> list[HostileFile]:
    """Only root can make them."""

    def device(number: int) -> Callable[[Path], object]:
        return lambda path: os.mknod(path, 0o20600, os.makedev(1, number))

    return [
        HostileFile("zero.amr", device(5), "refused"),
        HostileFile("random.xlsx", device(9), "refused"),
    ]


def _sizes() -> list[HostileFile]:
    return [
        HostileFile("empty.amr", _bytes(b""), "damaged"),
        HostileFile("empty.xlsx", _bytes(b""), "unreadable"),
        HostileFile("one-byte.mp3", _bytes(b"I"), "damaged"),
        HostileFile("one-byte.xls", _bytes(b"\xd0"), "unreadable"),
        HostileFile("sparse.mp3", _sparse(1 << 40), "refused"),
        HostileFile("sparse.xlsx", _sparse(1 << 40), "refused"),
        HostileFile("sparse", _sparse(1 << 40), "refused"),
        HostileFile("over-the-limit.wav", _sparse((50 << 20) + 1), "refused"),
        HostileFile("far-future.amr", _dated(15_000_000_000), "damaged"),
        HostileFile("far-past.amr", _dated(-(1 << 31)), "damaged"),
        HostileFile(
            "far-future.csv",
            _dated(15_000_000_000, sheet([("李四", "13900139000", "9:00")])),
            "read",
        ),
    ]


def _sheets() -> list[HostileFile]:
    return [
        HostileFile(
            "ratio.xlsx",
            _bytes(_xlsx({"xl/worksheets/sheet1.xml": b" " * (30 << 20)})),
            "unreadable",
        ),
        HostileFile(
            "entries.xlsx", _bytes(_xlsx({f"xl/{n}.xml": b"" for n in range(5000)})), "unreadable"
        ),
        HostileFile("nested.xlsx", _bytes(_nested(12)), "unreadable"),
        HostileFile("lying.xlsx", _bytes(_lying(40)), "unreadable"),
        HostileFile("overlapping.xlsx", _bytes(_overlapping()), "unreadable"),
        HostileFile(
            "corners.xlsx", _bytes(_xlsx({"xl/worksheets/sheet1.xml": _corners()})), "unreadable"
        ),
        HostileFile("elsewhere.xlsx", _bytes(_elsewhere()), "unreadable"),
        HostileFile(
            "entities.xlsx", _bytes(_xlsx({"xl/sharedStrings.xml": _entities()})), "unreadable"
        ),
        HostileFile(
            "external-entity.xlsx",
            _bytes(_xlsx({"xl/sharedStrings.xml": _external_entity()})),
            "unreadable",
        ),
        HostileFile(
            "deep.xlsx", _bytes(_xlsx({"xl/worksheets/sheet1.xml": b"<c>" * 500_000})), "unreadable"
        ),
        HostileFile(
            "traversal.xlsx",
            _bytes(_xlsx({"../../../../outside/planted.txt": b"x", "/tmp/planted": b"x"})),
            "read",
        ),
        HostileFile("external-link.xlsx", _bytes(_external_link()), "read"),
        HostileFile("formula.xlsx", _formula, "read"),
        HostileFile("same-entry-twice.xlsx", _bytes(_twice()), "unreadable"),
        HostileFile(
            "no-tabs.xlsx", _bytes(_zipped({"xl/workbook.xml": b"<workbook/>"})), "unreadable"
        ),
        HostileFile("bomb.ods", _bytes(_ods()), "unreadable"),
        HostileFile(
            "garbage.xls",
            _bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 40),
            "unreadable",
        ),
        HostileFile(
            "web-page.xls", _bytes(b"<html><script src=//x></script><table><tr><td>1"), "unreadable"
        ),
    ]


def _text_sheets() -> list[HostileFile]:
    head = ",".join(HEADER).encode()
    return [
        HostileFile("nul.csv", _bytes(sheet([ROW]) + b"\0"), "unreadable"),
        HostileFile("long-line.csv", _bytes(b"x" * (5 << 20)), "unreadable"),
        HostileFile("long-cell.csv", _bytes(head + b"\n" + b"(" * 130_000 + b",138"), "read"),
        HostileFile("long-quote.csv", _bytes(head + b'\n"' + b"\n" * (1 << 20)), "unreadable"),
        HostileFile("empty-rows.csv", _bytes(sheet([ROW]) + b"\n" * 1_000_000), "unreadable"),
        HostileFile("nothing-but-rows.csv", _bytes(b"x\n" + b"\n" * (8 << 20)), "unreadable"),
        HostileFile("nothing-but-cells.csv", _bytes(b"x," + b"," * (8 << 20)), "unreadable"),
        HostileFile("columns.csv", _bytes(head + b"," * 100_000 + b"\n"), "unreadable"),
        HostileFile("half-utf-16.csv", _bytes(b"\xff\xfe" + sheet([ROW])[:-1]), "unreadable"),
        HostileFile("lone-surrogate.csv", _bytes(b"\xff\xfe\x00\xd8\x00\xd8"), "unreadable"),
        HostileFile("utf-7.csv", _bytes(b"+/v8-+AD0-1+-1,+AD0-cmd"), "unreadable"),
        HostileFile("utf-32.csv", _bytes("客户姓名,联系方式".encode("utf-32")), "unreadable"),
        HostileFile("spoiled.csv", _bytes(sheet([ROW])[:-3] + b"\xff\xff\n"), "unreadable"),
    ]


def _audio() -> list[HostileFile]:
    mp3, m4a = call("8.mp3"), call("8.m4a")
    wav, ogg = call("8.pcm.wav"), (AUDIO / "formats" / "bcr_opus.oga").read_bytes()
    unending = struct.pack(">I4s", 1, b"moov") + struct.pack(">Q", 1 << 62)
    return [
        HostileFile("truncated.mp3", _bytes(mp3[: len(mp3) // 2]), "held"),
        HostileFile("truncated.m4a", _bytes(m4a[: len(m4a) // 2]), "held"),
        HostileFile(
            "four-gigabytes.wav",
            _bytes(wav[:4] + b"\xff" * 4 + wav[8:40] + b"\xff" * 4 + wav[44:]),
            "held",
        ),
        HostileFile("no-rate.wav", _bytes(wav[:24] + bytes(8) + wav[32:]), "damaged"),
        HostileFile("channels.wav", _bytes(wav[:22] + b"\xff\xff" + wav[24:]), "damaged"),
        HostileFile("id3-size.mp3", _bytes(b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + mp3), "damaged"),
        HostileFile("id3-bomb.mp3", _bytes(_id3(_zlib_frame(32)) + mp3), "held"),
        HostileFile("id3-many.mp3", _bytes(_id3(_text_frame(b"x") * 5_000) + mp3), "held"),
        HostileFile(
            "id3-huge.mp3", _bytes(_id3(_text_frame(b"=cmd|' /C calc'!A0" * 300_000)) + mp3), "held"
        ),
        HostileFile(
            "cyclic.m4a", _bytes(m4a + (struct.pack(">I4s", 8, b"moov") * 100_000)), "held"
        ),
        HostileFile("zero-size.m4a", _bytes(struct.pack(">I4s", 0, b"ftyp") * 1000), "damaged"),
        HostileFile("giant-atom.m4a", _bytes(m4a[:24] + unending + m4a[24:]), "damaged"),
        HostileFile("deep-atoms.m4a", _bytes(m4a[:24] + _deep_atoms(100_000)), "damaged"),
        HostileFile("many-samples.m4a", _bytes(_many_samples(m4a)), "damaged"),
        HostileFile("huge-packet.oga", _bytes(ogg[:26] + b"\xff" * 256 + ogg[27:]), "damaged"),
        HostileFile("endless-granule.oga", _bytes(_granule(ogg)), "held"),
        HostileFile("vorbis-comment.oga", _bytes(_comment_bomb(ogg)), "damaged"),
        HostileFile("pages.ogg", _bytes(b"OggS" * 200_000), "damaged"),
        HostileFile("frames.amr", _bytes(b"#!AMR\n" + b"\x7c" * 500_000), "held"),
        HostileFile("flac-block.flac", _bytes(b"fLaC\x84\xff\xff\xff" + b"\xff" * 100), "damaged"),
        HostileFile("web-page.mp3", _bytes(b"<script>alert(1)</script>" * 100), "damaged"),
        HostileFile("program.mp3", _bytes(b"MZ" + bytes(5000)), "damaged"),
        HostileFile(
            "playlist.mp3", _bytes(b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"), "damaged"
        ),
        HostileFile("concat.mp3", _bytes(b"ffconcat version 1.0\nfile /etc/passwd\n"), "damaged"),
        HostileFile("webm.webm", _bytes(b"\x1a\x45\xdf\xa3\x01" + b"\xff" * 2000), "damaged"),
        HostileFile(
            "asf.wma",
            _bytes(bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + b"\xff" * 400),
            "damaged",
        ),
    ]


def _costly() -> list[HostileFile]:
    """The same on a large scale, and what takes its process all the memory that it may have."""
    mp3 = call("8.mp3")
    return [
        HostileFile("one-text-often.xlsx", _bytes(_one_text_often()), "unreadable"),
        HostileFile("cyclic.xls", _bytes(_cyclic_ole()), "unreadable"),
        HostileFile("lying-more.xlsx", _bytes(_lying(1000)), "unreadable"),
        HostileFile("most-rows.csv", _bytes(b"x\n" + b"\n" * (49 << 20)), "unreadable"),
        HostileFile("most-cells.csv", _bytes(b"x," + b"," * (49 << 20)), "unreadable"),
        HostileFile("longest-line.csv", _bytes(b"x" * (49 << 20)), "unreadable"),
        HostileFile("id3-bomb-more.mp3", _bytes(_id3(_zlib_frame(1024)) + mp3), "held"),
        HostileFile("id3-most.mp3", _bytes(_id3(_text_frame(b"x") * 200_000) + mp3), "held"),
    ]


def _sidecars() -> list[HostileFile]:
    """Each stands beside a recording of its name."""
    said = {
        "deep": b"[" * 60_000,
        "deep-objects": b'{"calls":' * 6_000,
        "number": b'{"timestamp_unix_ms": ' + b"9" * 4_000 + b"}",
        "many-digits": b'{"timestamp_unix_ms": ' + b"9" * 60_000 + b"}",
        "nan": b'{"timestamp_unix_ms": NaN, "calls": [{"phone_number": Infinity}]}',
        "year-one": b'{"timestamp": "0001-01-01T00:00:00+14:00", "timestamp_unix_ms": 0}',
        "year-last": b'{"timestamp": "9999-12-31T23:59:59-12:00", "timestamp_unix_ms": 0}',
        "large": b'{"x": "' + b"x" * (1 << 20) + b'"}',
        "half-letters": json.dumps({"calls": [{"contact_name": "\ud800=1\u202e+1"}]}).encode(),
        "twice": b'{"calls": 1, "calls": [[[]]], "calls": [{"phone_number": ["1"]}]}',
        "nul": b'{"calls": [{"contact_name": "\\u0000\\u0000"}]}',
        "no-text": b"\xff\xfe\xff\xff",
    }
    return [
        *(
            HostileFile(f"{name}.json", _bytes(content), "ignored")
            for name, content in said.items()
        ),
        *(
            HostileFile(f"{name}.amr", _bytes(b"#!AMR\n" + name.encode()), "damaged")
            for name in said
        ),
    ]


def _bytes(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def _sparse(size: int) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        with path.open("wb") as writer:
            writer.truncate(size)

    return make


def _dated(seconds: int, content: bytes = b"#!AMR\n") -> Callable[[Path], object]:
    def make(path: Path) -> None:
        path.write_bytes(content + str(seconds).encode())
        os.utime(path, (seconds, seconds))

    return make


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's address is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


# Workbooks


def _workbook(rows: int = 1) -> dict[str, bytes]:
    """The parts of a sound workbook of one call."""
    out = io.BytesIO()
    book = Workbook(out)
    page = book.add_worksheet("Sheet1")
    for at, line in enumerate([HEADER, *[(*ROW, "已接通", "2026-11-16", "济宁", "8")] * rows]):
        page.write_row(at, 0, line)
    book.close()
    with zipfile.ZipFile(out) as held:
        return {name: held.read(name) for name in held.namelist()}


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _xlsx(parts: Mapping[str, bytes]) -> bytes:
    """A sound workbook in which `parts` are others or more."""
    return _zipped(_workbook() | dict(parts))


def _nested(depth: int) -> bytes:
    inner = b"0" * (1 << 20)
    for _ in range(depth):
        inner = _zipped({f"xl/{n}.xml": inner for n in range(10)} | {"xl/workbook.xml": b""})
    return inner


def _lying(megabytes: int) -> bytes:
    """A tab that unpacks to so much and states 1 kB, with the checksum of that first kilobyte."""
    first = b"<worksheet><sheetData>".ljust(1000)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(first)
    for _ in range(megabytes):
        packed += packer.compress(b"<row/>" * 170_000)
    packed += packer.flush()
    content = _xlsx({"xl/worksheets/sheet1.xml": b""})
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in parts.items():
            if name != "xl/worksheets/sheet1.xml":
                book.writestr(name, part)
        about = zipfile.ZipInfo("xl/worksheets/sheet1.xml")
        about.compress_type = zipfile.ZIP_DEFLATED
        about.header_offset = out.tell()
        about.CRC, about.compress_size, about.file_size = zlib.crc32(first), len(packed), len(first)
        out.write(about.FileHeader(zip64=False) + packed)
        book.filelist.append(about)
        book.NameToInfo[about.filename] = about
        book.start_dir = out.tell()
        vars(book)["_didModify"] = True
    return out.getvalue()


def _overlapping() -> bytes:
    """Many entries that share the same packed bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", b"<workbook/>")
        book.writestr("xl/0.xml", b"<row/>" * 1_500_000, compresslevel=1)
        kernel = book.getinfo("xl/0.xml")
        for number in range(1, 60):
            same = zipfile.ZipInfo(f"xl/{number}.xml")
            same.compress_type, same.CRC = kernel.compress_type, kernel.CRC
            same.compress_size, same.file_size = kernel.compress_size, kernel.file_size
            same.header_offset = kernel.header_offset
            book.filelist.append(same)
    return out.getvalue()


def _corners() -> bytes:
    return (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        b"</sheetData></worksheet>"
    )


def _elsewhere() -> bytes:
    """The same area, in a part that stands where nobody looks for tabs."""
    parts = _workbook()
    relations = parts["xl/_rels/workbook.xml.rels"].replace(
        b"worksheets/sheet1.xml", b"/elsewhere/sheet1.bin"
    )
    return _zipped(
        parts | {"xl/_rels/workbook.xml.rels": relations, "elsewhere/sheet1.bin": _corners()}
    )


def _one_text_often() -> bytes:
    """One text of 5 MB that 2,000 cells name: 10 GB, from a file of a few kB."""
    strings = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
        + b"=1+1;" * 1_000_000
        + b"</t></si></sst>"
    )
    cells = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 2001)
    )
    tab = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + cells
        + b"</sheetData></worksheet>"
    )
    return _xlsx({"xl/sharedStrings.xml": strings, "xl/worksheets/sheet1.xml": tab})


def _entities() -> bytes:
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 12))
    return (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">'
        + laughs
        + b"]><sst><si><t>&l11;</t></si></sst>"
    )


def _external_entity() -> bytes:
    return (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        b"<sst><si><t>&e;</t></si></sst>"
    )


def _external_link() -> bytes:
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath"
    link = b'<Relationships><Relationship Id="rId1" Type="%s" Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
    return _xlsx({
        "xl/externalLinks/externalLink1.xml": b'<externalLink><externalBook r:id="rId1"/></externalLink>',
        "xl/externalLinks/_rels/externalLink1.xml.rels": link % kind,
    })  # fmt: skip


def _formula(path: Path) -> None:
    with Workbook(path) as book:
        page = book.add_worksheet("=1+1")
        page.write_row(0, 0, HEADER)
        for column, (said, value) in enumerate(
            [('=WEBSERVICE("http://x")', "张三"), ("=1+1", "13700137000"), ("=NOW()", "09:00:00")]
        ):
            page.write_formula(1, column, said, None, value)
        page.write_row(1, 3, ("已接通", "2026-11-16", "济宁", "8"))


def _twice() -> bytes:
    """Two parts of one name: what is checked may not be what is opened."""
    parts = _workbook()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
        book.NameToInfo.clear()
        again = zipfile.ZipInfo("xl/worksheets/sheet1.xml")
        book.writestr(again, _corners())
    return out.getvalue()


def _ods() -> bytes:
    text = (
        b'<office:document-content><office:body><office:spreadsheet><table:table table:name="x">'
        b'<table:table-row table:number-rows-repeated="1048576">'
        b'<table:table-cell table:number-columns-repeated="16384" office:value-type="string">'
        b"<text:p>1</text:p></table:table-cell></table:table-row></table:table>"
        b"</office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return _zipped({"mimetype": kind, "content.xml": text, "META-INF/manifest.xml": b"<x/>"})


def _cyclic_ole() -> bytes:
    """A compound file whose chains of sectors lead back to themselves."""
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6)
    )
    head += bytes(6) + struct.pack("<IIIIIIIIII", 0, 1, 0, 0, 4096, 0, 1, 0, 1, 0)
    head = head.ljust(512, b"\0")
    return head + struct.pack("<I", 0) * 128 * 8


# Sound


def _id3(frames: bytes) -> bytes:
    size = len(frames)
    return b"ID3\x04\0\0" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0)) + frames


def _frame(flags: bytes, content: bytes) -> bytes:
    size = len(content)
    return b"TIT2" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0)) + flags + content


def _text_frame(text: bytes) -> bytes:
    return _frame(b"\0\0", b"\3" + text)


def _zlib_frame(megabytes: int) -> bytes:
    """A title that unpacks to so much."""
    packer = zlib.compressobj(9)
    packed = packer.compress(b"\3")
    packed += b"".join(packer.compress(b"A" * (1 << 20)) for _ in range(megabytes)) + packer.flush()
    return _frame(b"\0\x09", b"\x07\x7f\x7f\x7f" + packed)


def _deep_atoms(depth: int) -> bytes:
    return b"".join(struct.pack(">I4s", 8 * (depth - at), b"moov") for at in range(depth))


def _many_samples(m4a: bytes) -> bytes:
    at = m4a.index(b"stsz")
    return m4a[: at + 12] + struct.pack(">I", 0x7FFFFFFF) + m4a[at + 16 :]


def _granule(ogg: bytes) -> bytes:
    at = ogg.rindex(b"OggS")
    return ogg[: at + 6] + b"\xff" * 7 + b"\x7f" + ogg[at + 14 :]


def _comment_bomb(ogg: bytes) -> bytes:
    at = ogg.index(b"OpusTags")
    return ogg[: at + 8] + b"\xff" * 8 + ogg[at + 16 :]
