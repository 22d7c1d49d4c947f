"""boto3's client for the bucket of the settings, and what it must do otherwise than boto3 would."""

from __future__ import annotations

import ipaddress
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session
from botocore.utils import parse_timestamp

from archive.pace import Pace
from archive.s3_clock import in_utc
from config.settings import Mirror
from config.stores import STORES, named

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CONDITION = "If-None-Match"
_LISTED = ("Key", "Size")
_ATTEMPTS = 3  # for a store's passing troubles; an outage is the caller's to wait out


def client_of(mirror: Mirror, read_seconds: float, core: Session) -> S3Client:
    """The client, whose credentials and certificates are those of `core`, a new session."""
    core.register_component("data_loader", _models())
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_moment)
    client = boto3.session.Session(profile_name=mirror.profile, botocore_session=core).client(
        "s3",
        endpoint_url=mirror.endpoint_url,
        region_name=mirror.region,
        config=Config(
            # Signs the payload over http alone: with `Content-MD5`, TLS keeps it whole.
            signature_version="s3v4",
            s3={
                "addressing_style": addressing(
                    mirror.addressing_style, mirror.endpoint_url, mirror.store
                ),
            },
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            max_pool_connections=mirror.workers,
            connect_timeout=5,
            read_timeout=read_seconds,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            parameter_validation=False,
            user_agent="callvault",
        ),
    )
    client.meta.events.register_last("before-call.s3", _without_expect)
    client.meta.events.register_last("before-call.s3.HeadBucket", _sent_nowhere_else)
    if mirror.megabits:
        pace = Pace(mirror.megabits)
        for upload in ("PutObject", "UploadPart"):
            client.meta.events.register(f"before-send.s3.{upload}", pace.slow_down)
    if_absent = STORES[named(mirror.store, mirror.endpoint_url)].if_absent
    if if_absent != _CONDITION:
        client.meta.events.register_last("before-call.s3", partial(_renamed, if_absent))
    return client


class _Models(Loader):
    """What botocore knows of the services, but of a listed object no more than is asked for: to
    read the rest of it takes a quarter of a listing (`make bench-compare`).
    """

    def load_service_model(
        self, service_name: str, type_name: str, api_version: str | None = None
    ) -> Any:
        model = super().load_service_model(service_name, type_name, api_version)
        listed = model.get("shapes", {}).get("Object", {})
        if service_name == "s3" and "members" in listed:
            listed["members"] = {name: listed["members"][name] for name in _LISTED}
        return model


@cache
def _models() -> Loader:
    """Read once: they are most of a client's cost, and a daemon makes one each time that something
    is to be sent.
    """
    return _Models()


def addressing(
    style: str, endpoint_url: str | None, store: str | None = None
) -> Literal["auto", "path", "virtual"]:
    """How the bucket stands in a request's address, where the settings leave it open (`auto`).

    boto3 would use the path with every endpoint of one's own, which three large stores refuse.
    """
    host = (urlsplit(endpoint_url).hostname or "") if endpoint_url else ""
    if style == "auto":
        style = STORES[named(store, endpoint_url)].addressing
    if style == "virtual":
        return "virtual"
    return "path" if style == "path" or host == "localhost" or _is_ip(host) else "auto"


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _moment(said: Any) -> datetime:
    """As boto reads a time, but quickly where it can: dateutil takes half of a long listing, and
    an eighth of asking for one object, whose time is written as HTTP has it.

    Always aware. ValueError if it is no time.
    """
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return in_utc(read(said))
        except (TypeError, ValueError, AttributeError):
            continue
    try:
        return in_utc(parse_timestamp(said))
    except RuntimeError as error:  # a number of seconds that no calendar has
        raise ValueError("no time") from error


def _without_expect(params: dict[str, Any], **_: object) -> None:
    """Some stores never answer `Expect: 100-continue`, and each upload would wait for a second."""
    params["headers"].pop("Expect", None)


def _sent_nowhere_else(context: dict[str, Any], **_: object) -> None:
    """Sent elsewhere, boto asks first where the bucket is. A log-in page, or a server that wants
    https, sends that question elsewhere as well, and boto would ask without end.
    """
    context["s3_redirect"]["redirected"] = True


def _renamed(if_absent: str, params: dict[str, Any], **_: object) -> None:
    """A store may have a header of its own for what `If-None-Match: *` says."""
    if params["headers"].pop(_CONDITION, None):
        params["headers"][if_absent] = "true"
