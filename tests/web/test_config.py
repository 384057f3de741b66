"""Settings: where they come from, what is refused, and what is never shown."""

from pathlib import Path

import pytest

from screening.config import Config, ConfigFault, shipped_folder


def test_a_new_installation_needs_no_settings(tmp_path):
    config = Config.read(tmp_path / "new", {})
    assert config.instance_path.is_dir()
    assert config.instance_path.stat().st_mode & 0o777 == 0o700
    assert config.database_url == f"sqlite:///{(config.instance_path / 'screening.sqlite').as_posix()}"
    assert (config.rules_path / "rulebook.yaml").is_file()
    assert (config.templates_path / "base.html").is_file()
    assert config.secure_cookies
    assert not config.demonstration


def test_the_environment_outranks_the_file_and_both_the_defaults(tmp_path):
    (tmp_path / "config.toml").write_text(
        'who_to_ask = "The desk"\nidle_minutes = 15\nhosts = ["a.example", "b.example"]\n', encoding="utf-8"
    )
    config = Config.read(tmp_path, {"SCREENING_IDLE_MINUTES": "20", "SCREENING_SECURE_COOKIES": "no"})
    assert (config.who_to_ask, config.idle_minutes, config.secure_cookies) == ("The desk", 20, False)
    assert config.hosts == ("a.example", "b.example")
    assert Config.read(tmp_path, {"SCREENING_HOSTS": "c.example, "}).hosts == ("c.example",)
    assert Config.read(tmp_path, {}, idle_minutes=5).idle_minutes == 5


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("idle_minuets = 15", "no setting 'idle_minuets'"),
        ('idle_minutes = "soon"', "'idle_minutes'"),
        ("demonstration = 1", "'demonstration'"),
        ("who_to_ask = 3", "'who_to_ask'"),
        ("= broken", "not valid TOML"),
        ('timezone = "Missouri/Independence"', "'timezone'"),
        ("idle_minutes = 0", "'idle_minutes'"),
        ('sign_in_attempts = "a few"', "'sign_in_attempts'"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, written, said):
    (tmp_path / "config.toml").write_text(written, encoding="utf-8")
    with pytest.raises(ConfigFault, match=said):
        Config.read(tmp_path, {})


def test_secrets_are_neither_printed_nor_quoted(tmp_path):
    config = Config.read(tmp_path, {}, secret_key="hidden-key", database_url="postgresql://u:hidden-word@h/d")
    assert "hidden" not in repr(config)
    with pytest.raises(ConfigFault) as fault:
        Config.read(tmp_path, {}, secret_key=b"hidden-key")
    assert "hidden" not in str(fault.value)


def test_what_ships_is_found_in_a_checkout(tmp_path):
    root = Path(__file__).resolve().parents[2]
    assert shipped_folder("rules") == root / "rules"
    assert shipped_folder("static") == root / "screening" / "static"
