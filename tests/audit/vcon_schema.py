"""What draft-ietf-vcon-vcon-core-04 asks of an unsigned vCon, as far as callvault's have it.

Written anew from the draft's text: stricter than its own schema, for it allows nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping

_TEXT = {"type": "string", "minLength": 1}
_DATE = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
}
_PLACE = {"type": "integer", "minimum": 0}
_MEDIA = {"type": "string", "pattern": r"^[a-z]+/[a-z0-9.+-]+$"}


def _object(required: str, optional: str = "", **properties: object) -> Mapping[str, object]:
    assert {*required.split(), *optional.split()} == set(properties)
    return {
        "type": "object",
        "required": required.split(),
        "additionalProperties": False,
        "properties": properties,
    }


_PARTY = _object("", "tel name", tel=_TEXT, name=_TEXT)
_DIALOG = _object(
    "type start parties mediatype filename url content_hash",
    "duration originator",
    type={"const": "recording"},
    start=_DATE,
    duration={"type": "number", "minimum": 0},
    parties={"type": "array", "items": _PLACE},
    originator=_PLACE,
    mediatype=_MEDIA,
    filename=_TEXT,
    url=_TEXT,
    content_hash={"type": "string", "pattern": "^sha512-[A-Za-z0-9_-]{86}$"},
)
_ATTACHMENT = _object(
    "purpose start party dialog mediatype encoding body",
    purpose=_TEXT,
    start=_DATE,
    party=_PLACE,
    dialog=_PLACE,
    mediatype={"const": "application/json"},
    encoding={"const": "json"},
    body={"type": "object"},
)
SCHEMA = _object(
    "uuid vcon created_at parties dialog attachments",
    uuid={
        "type": "string",
        "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
    },
    vcon={"const": "0.4.0"},
    created_at=_DATE,
    parties={"type": "array", "items": _PARTY},
    dialog={"type": "array", "items": _DIALOG, "minItems": 1},
    attachments={"type": "array", "items": _ATTACHMENT},
)
