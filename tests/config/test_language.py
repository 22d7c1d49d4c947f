import string
import tomllib
from pathlib import Path

import pytest

from config.language import LANGUAGES, Message, Words, sentences

WORDS = sorted((Path(__file__).parents[2] / "config/words").glob("*.toml"))


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("file", WORDS, ids=lambda file: file.stem)
def test_every_sentence_stands_in_every_language(file: Path) -> None:
    wrong = [
        key
        for key, said in tomllib.loads(file.read_text(encoding="utf-8")).items()
        if set(said) != set(LANGUAGES) or not all(text.strip() for text in said.values())
    ]
    assert wrong == []


@pytest.mark.parametrize("file", WORDS, ids=lambda file: file.stem)
def test_both_languages_say_the_same_values(file: Path) -> None:
    wrong = [
        key
        for key, said in tomllib.loads(file.read_text(encoding="utf-8")).items()
        if placeholders(said["zh"]) != placeholders(said["en"])
    ]
    assert wrong == []


@pytest.mark.parametrize("file", WORDS, ids=lambda file: file.stem)
def test_every_value_has_a_plain_name(file: Path) -> None:
    """`{}` and `{0}` would have nothing to stand for: values are given by name."""
    wrong = [
        (key, name)
        for key, said in tomllib.loads(file.read_text(encoding="utf-8")).items()
        for name in placeholders(said["zh"])
        if not name.isidentifier()
    ]
    assert wrong == []


def test_a_message_is_said_in_both_languages() -> None:
    message = Message.of("settings.not_positive", name="[inbox] scan_seconds", value=-1)
    assert message.values == (("name", "[inbox] scan_seconds"), ("value", "-1"))
    assert Words("zh").say(message) == "[inbox] scan_seconds 必须大于零，现在是 -1"
    assert Words("en").say(message) == "[inbox] scan_seconds must be more than zero; it is -1"


def test_braces_in_a_value_stay_as_they_are() -> None:
    message = Message.of("settings.text_needed", name="{other}")
    assert "{other}" in Words("en").say(message)


def test_values_may_be_called_key() -> None:
    assert Message.of("settings.empty", key="a", cls="b").values == (("key", "a"), ("cls", "b"))


def test_equal_messages_are_equal() -> None:
    assert Message.of("settings.empty", name="a") == Message.of("settings.empty", name="a")
    assert len({Message.of("settings.empty", name="a"), Message.of("settings.empty")}) == 2


def test_an_unknown_sentence_is_a_mistake_that_shows() -> None:
    with pytest.raises(KeyError):
        Words("zh")("settings.no_such_sentence")
    with pytest.raises(KeyError):
        Words("zh")("settings.empty")  # its value is not given


def test_keys_carry_their_file() -> None:
    assert "settings.empty" in sentences()
    assert all(key.split(".")[0] in {file.stem for file in WORDS} for key in sentences())
