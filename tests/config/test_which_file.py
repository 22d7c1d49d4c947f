"""Which settings file is taken."""

from pathlib import Path

import pytest

from config.load import FILE, SettingsError, find
from tests.config.settings_files import PATHS, english, write


def test_the_file_is_looked_for_in_order(tmp_path: Path) -> None:
    here, user = tmp_path / "here", tmp_path / "user"
    here.mkdir()
    user.mkdir()
    with pytest.raises(SettingsError) as caught:
        find(None, here, user)
    (problem,) = caught.value.problems
    assert "callvault init" in english(problem)
    assert str(here / FILE) in english(problem)
    assert str(user / FILE) in english(problem)

    own = write(user, PATHS)
    assert find(None, here, user) == own
    near = write(here, PATHS)
    assert find(None, here, user) == near
    named = tmp_path / "named.toml"
    named.write_text(PATHS)
    assert find(named, here, user) == named


def test_a_named_file_that_is_not_there_is_not_replaced_by_another(tmp_path: Path) -> None:
    write(tmp_path, PATHS)
    with pytest.raises(SettingsError) as caught:
        find(tmp_path / "typo.toml", tmp_path, tmp_path)
    assert "typo.toml" in english(caught.value.problems[0])
    assert FILE not in english(caught.value.problems[0])
