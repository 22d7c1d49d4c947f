"""Messages get to real servers, and what does not get there is told without the address."""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.language import LANGUAGES, Words
from ingest.channels import Channel
from ingest.sender import Answer, Parcel, Sender
from ingest.sending import answer
from tests.mail_server import PASSWORD, REFUSED, MailServer
from tests.stamp_authority import OPENSSL, WITHOUT_OPENSSL
from tests.web_hook import WebHook

PARCEL = Parcel("济宁分公司 录音核对：需要处理", "缺录音 2\n· <b>王芳</b> & 李强 2")
SECRET = "s3cr3t-path"


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[WebHook]:
    with WebHook() as server:
        yield server


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "2026-11-16.html"
    path.write_bytes("<html>报告</html>\r\n\0".encode() + bytes(range(256)))
    return path


def send(url: str, parcel: Parcel = PARCEL, seconds: float = 60) -> Answer:
    told = Sender(seconds).send(Channel("mine", 1, url), parcel)
    for language in LANGUAGES:
        said = f"{told} {Words(language).say(told.message)}"
        assert SECRET not in said
        assert PASSWORD not in said
        assert "127.0.0.1" not in said
    return told


def test_a_mail_has_title_and_text_and_the_reports_very_bytes(
    mail: MailServer, report: Path
) -> None:
    told = send(mail.url(), Parcel(PARCEL.title, PARCEL.body, report))
    assert (told.outcome, told.service, told.files) == ("sent", "E-Mail", True)
    (letter,) = mail.letters
    assert letter["subject"] == PARCEL.title
    assert letter["to"] == "manager@example.com"
    text, attachment = letter.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert text.get_content().strip().splitlines() == PARCEL.body.splitlines()
    assert attachment.get_filename() == report.name
    assert attachment.get_payload(decode=True) == report.read_bytes()


def test_a_wrong_password_is_told_by_the_servers_code(mail: MailServer) -> None:
    told = send(mail.url(f"{PASSWORD}-not"))
    assert (told.outcome, told.code, mail.letters) == ("refused", "535", [])
    assert "535" in Words("zh").say(told.message)


def test_a_message_that_the_server_does_not_take_is_told(mail: MailServer) -> None:
    mail.says = REFUSED
    told = send(mail.url())
    assert (told.outcome, told.code) == ("refused", "552")


def test_a_hook_gets_text_and_file(hook: WebHook, report: Path) -> None:
    told = send(hook.url(SECRET), Parcel(PARCEL.title, PARCEL.body, report))
    assert (told.outcome, told.service, told.files) == ("sent", "JSON", True)
    ((path, said),) = hook.posts
    assert path == f"/{SECRET}"
    assert (said["title"], said["message"]) == (PARCEL.title, PARCEL.body)
    (attachment,) = said["attachments"]
    assert attachment["filename"] == report.name
    assert base64.b64decode(attachment["base64"]) == report.read_bytes()


@pytest.mark.parametrize(
    ("status", "reply", "code"),
    [
        (500, b"{}", "500"),
        (200, b'{"errcode": 93000, "errmsg": "invalid webhook url"}', "93000"),
    ],
)
def test_a_hook_that_says_no_is_heard(hook: WebHook, status: int, reply: bytes, code: str) -> None:
    """Also where the status says yes and the text says no."""
    hook.status, hook.reply = status, reply
    told = send(hook.url(SECRET))
    assert (told.outcome, told.code) == ("refused", code)


@pytest.mark.parametrize("reply", [b"ok", b"[1]", b'{"errcode": 0}'])
def test_other_answers_are_no_refusal(hook: WebHook, reply: bytes) -> None:
    hook.reply = reply
    assert send(hook.url(SECRET)).outcome == "sent"


def test_a_server_that_hangs_is_left(hook: WebHook) -> None:
    """Its own patience would last far longer than what it is given here."""
    hook.hangs = True
    assert send(f"{hook.url(SECRET)}?rto=600", seconds=3).outcome == "slow"


def test_a_server_that_is_not_there_is_told() -> None:
    with WebHook() as gone:
        url = gone.url(SECRET)
    assert send(url).outcome == "unreachable"


def test_who_closes_ends_what_is_being_sent(hook: WebHook) -> None:
    from threading import Thread

    hook.hangs = True
    sender, told = Sender(600), list[Answer]()
    channel = Channel("mine", 1, f"{hook.url(SECRET)}?rto=600")
    thread = Thread(target=lambda: told.append(sender.send(channel, PARCEL)))
    thread.start()
    assert hook.asked.wait(60)
    sender.close()
    thread.join(60)
    assert [one.outcome for one in told] == ["broken"]
    assert sender.send(channel, PARCEL).outcome == "broken"


@pytest.mark.parametrize(
    "program",
    [
        ["no-such-program-anywhere"],
        [sys.executable, "-c", "raise SystemExit(3)"],
        [sys.executable, "-c", "print('[]')"],
        [sys.executable, "-c", "print('{\"nonsense\": 1}')"],
    ],
)
def test_a_program_that_does_not_answer_is_told(program: list[str]) -> None:
    told = Sender(60, program).send(Channel("mine", 1, "json://127.0.0.1"), PARCEL)
    assert told.outcome == "broken"


def test_a_look_sends_nothing(hook: WebHook) -> None:
    told = Sender().look(Channel("mine", 1, hook.url(SECRET)))
    assert (told.good, told.outcome, hook.posts) == (True, "fit", [])


COMPANY_MAIL = "mailtos://office%40example.com:pw@smtp.exmail.qq.com:465?mode=ssl"
COMPANY_MAIL += "&from=office@example.com&to=manager@example.com"
TOKEN = "a" * 64
in_process = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning:apprise")
FEISHU = "0123abcd-0000-4000-8000-0123456789ab"


@in_process
@pytest.mark.parametrize(
    ("url", "service", "files"),
    [
        ("mailtos://office:pw@qq.com?to=manager@example.com", "E-Mail", True),
        ("mailtos://office:pw@163.com?to=manager@example.com", "E-Mail", True),
        (COMPANY_MAIL, "E-Mail", True),
        ("wecombot://0123abcd-0000-4000-8000-0123456789ab", "WeCom Bot", False),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0123abcd", "WeCom Bot", False),
        (f"dingtalk://{TOKEN}", "DingTalk", False),
        (f"dingtalk://SEC0123abcd@{TOKEN}", "DingTalk", False),
        (f"feishu://{FEISHU}", "Feishu", False),
        (f"lark://{FEISHU}", "Lark (Feishu)", False),
    ],
)
def test_the_addresses_that_the_documents_show_are_known(
    url: str, service: str, files: bool
) -> None:
    told = answer({"url": url, "body": None})
    assert told == {"service": service, "files": files, "outcome": "fit"}


@in_process
@pytest.mark.parametrize("url", ["nosuch://a", "wecombot://", "dingtalk://short!", "mailto://"])
def test_an_address_of_no_service_is_told(url: str) -> None:
    assert answer({"url": url, "body": None}) == {"outcome": "unknown"}


@pytest.mark.skipif(OPENSSL is None, reason=WITHOUT_OPENSSL)
@pytest.mark.parametrize(
    ("url", "host", "refusal", "code"),
    [
        ("wecombot://0123abcd?verify=no", "qyapi.weixin.qq.com", b'{"errcode": 93000}', "93000"),
        (
            f"dingtalk://SEC0123abcd@{TOKEN}?verify=no",
            "oapi.dingtalk.com",
            b'{"errcode": 310000, "errmsg": "sign not match"}',
            "310000",
        ),
        (f"feishu://{FEISHU}?verify=no", "open.feishu.cn", b'{"code": 19024}', "19024"),
    ],
)
def test_groups_get_title_and_text_and_a_refusal_of_theirs_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, host: str, refusal: bytes, code: str
) -> None:
    with WebHook(tmp_path / "tls") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.endpoint_url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        proxy.reply = b'{"errcode": 0, "code": 0}'
        assert send(url).outcome == "sent"
        ((asked, said),) = proxy.posts
        assert asked.partition("/")[0] == host
        text = said.get("text") or said["content"]
        (shown,) = (one for one in text.values() if isinstance(one, str))
        assert shown.splitlines() == [PARCEL.title, *PARCEL.body.splitlines()]
        proxy.reply = refusal
        told = send(url)
        assert (told.outcome, told.code) == ("refused", code)
