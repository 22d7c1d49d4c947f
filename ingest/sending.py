"""A program of its own that sends one message through one channel: a question in, an answer out.

The one owner of apprise. Started by its path, wherever callvault is installed, by `ingest.sender`,
which ends it when it takes too long: a server may hang, and what apprise and its libraries log or
raise may name the address, which holds a password. Only digits of it come out of here.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apprise import NotifyBase
    from requests import PreparedRequest, Response

_READ_SECONDS = 15.0
"""For an answer; apprise gives 4, and what was taken late would be sent again."""
_CODE = re.compile(r"error=(\d{3})\b|\((\d{3}), b['\"]|was refused: (\d{3}) |code=(\d+)\b")
"""What HTTP and SMTP servers answer, as apprise logs it."""


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """`service`, whether it takes `files`, `outcome` and `code`; nothing is sent without a body."""
    from apprise import Apprise, AppriseAsset, NotifyFormat

    asset = AppriseAsset(
        app_id="callvault", app_desc="callvault", async_mode=False, service_timeout=0
    )
    service = Apprise.instantiate(question["url"], asset=asset)
    if service is None:
        return {"outcome": "unknown"}
    told = {"service": str(service.service_name), "files": bool(service.attachment_support)}
    if question["body"] is None:
        return told | {"outcome": "fit"}
    _be_patient(service)
    logging.getLogger("apprise").setLevel(logging.DEBUG)  # what a mail server answers is there
    codes = _heed_refusals()
    sender = Apprise(asset=asset)
    sender.add(service)
    done = sender.notify(
        question["body"],
        title=question["title"],
        body_format=NotifyFormat.TEXT,
        attach=(question["attachment"] or None) if service.attachment_support else None,
        log_level=logging.DEBUG,
    )
    if done:
        return told | {"outcome": "sent"}
    codes = codes or _codes(str(entry) for entry in done.logs())
    outcome = "refused" if codes else "unreachable"
    return told | {"outcome": outcome, "code": codes[-1] if codes else ""}


def _be_patient(service: NotifyBase) -> None:
    if service.socket_read_timeout == type(service).socket_read_timeout:
        service.socket_read_timeout = _READ_SECONDS


def _heed_refusals() -> list[str]:
    """WeCom and DingTalk say no with status 200 and an `errcode`, which apprise takes for a yes.

    Returns the list that such codes will join.
    """
    import requests

    codes: list[str] = []
    plain = requests.Session.send

    def send(session: requests.Session, request: PreparedRequest, **how: Any) -> Response:
        response = plain(session, request, **how)
        if refusal := _refusal(response):
            codes.append(refusal)
            response.status_code = requests.codes.forbidden
        return response

    requests.Session.send = send  # type: ignore[method-assign, assignment]
    return codes


def _refusal(response: Response) -> str:
    try:
        said = response.json()
    except ValueError:
        return ""
    code = said.get("errcode") if isinstance(said, dict) else None
    return str(code) if isinstance(code, int) and code else ""


def _codes(entries: Iterable[str]) -> list[str]:
    found = (_CODE.search(entry) for entry in entries)
    return [next(filter(None, one.groups())) for one in found if one]


def main() -> None:
    answers = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    told = answer(json.load(sys.stdin.buffer))
    os.write(answers, json.dumps(told).encode("ascii"))


if __name__ == "__main__":
    main()
