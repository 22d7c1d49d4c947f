"""The cell of a customer's name: the name, and numbers that stand in the same cell."""

from __future__ import annotations

import re

from ingest.cells import is_blank, text
from ingest.folders import is_somebody
from ingest.workbook import Cell
from matcher import names, numbers

LISTED = re.compile(
    r"^(?:[★☆▲△◆◇■√✓✔※#]\s*)*"
    r"(?:[①-⒛]\s*|[(\[【（]\d{1,3}[)\]】）]\s*|\d{1,3}\s*[、.．,)）:：]\s*)?(?=[\u3400-\u9fff])"
)
"""The number or mark of a list before a name. A `*` or `○` may hide a surname and stays."""
EMPTY_BRACKETS = re.compile(r"[(\[【]\s*[)\]】]")
"""Where a number stood: 张三(13800138000)."""
SEVERAL = re.compile(r"[、/,;&+\n和与及]")
"""Between people; 郑和平 is one, for half of a name is nobody."""


def read_customer(cell: Cell) -> tuple[str | None, tuple[str, ...]]:
    """The customer's name, and numbers that stand in the same cell.

    Brackets that say nothing about a relation stay: they tell two customers of one name apart.
    """
    if is_blank(cell):
        return None, ()
    found, rest = numbers.split(LISTED.sub("", text(cell)))
    rest = EMPTY_BRACKETS.sub(" ", rest)
    said = LISTED.sub("", " ".join(rest.split()).strip(" /、,;:"))
    if (led := re.match(r"\d{1,3} (?=\D+$)", said)) and names.is_person(said[led.end() :]):
        said = said[led.end() :]
    contact = names.parse_contact(said)
    if contact.name and names.relative(contact.note) and not re.search(r"[(\[【]", said):
        said = contact.name
    plain_name = names.canonical(said)
    joined = re.sub(r"\s", "", said)
    if said.isascii():
        return said or None, found
    if joined.casefold().startswith(plain_name):  # `canonical` also folds case: keep the sheet's
        return joined[: len(plain_name)] or None, found
    return plain_name or None, found


def names_several(cell: Cell) -> bool:
    """Whether a cell names several people: whose the call was is for a person to say."""
    said = LISTED.sub("", numbers.split(text(cell))[1].strip())
    words = (LISTED.sub("", one.strip()) for one in SEVERAL.split(said))
    people = {word for word in words if word and not word.isdigit()}
    if len(people) < 2 and " " in said:  # `张三 李四`; 张三 安阳 is one from that town
        people = {*said.split()}
        return len(people) > 1 and all(map(is_somebody, people))
    return len(people) > 1 and all(map(names.is_person, people))


def without_place(name: str) -> str:
    """A name without its place in a list: 01张三. Where no number tells people apart, 1张三 and
    2张三 may be two of one name.
    """
    listed = re.fullmatch(r"\d{1,3}(\D+)", name)
    return listed[1] if listed and names.is_person(listed[1]) else name
