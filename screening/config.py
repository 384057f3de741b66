"""Settings of one installation, read once at start and never changed afterwards.

They come from ``config.toml`` in the instance folder; an environment variable ``SCREENING_<NAME>`` outranks the file.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_PACKAGE = Path(__file__).resolve().parent
_TRUE_WORDS = ("1", "true", "yes", "on")
_ATTEMPTS = re.compile(r"[1-9]\d* per ([1-9]\d* )?(second|minute|hour|day)s?")


class ConfigFault(Exception):
    """A setting that cannot be used; the message names it and says what is wanted."""


def shipped_folder(name: str) -> Path:
    """Where a folder that travels with the program is: in an installed copy, in the package, or beside it in a checkout."""
    places = (_PACKAGE / "_shipped" / name, _PACKAGE / name, _PACKAGE.parent / name)
    return next((place for place in places if place.is_dir()), places[-1])


@dataclass(frozen=True)
class Config:
    """What an installation may choose.

    Attributes:
        instance_path: folder (mode 0700) with database, keys and config.toml.
        rules_path: folder of the rulebook.
        templates_path: folder of the page templates.
        database_url: SQLAlchemy address of the database.
        keys_path: file with the master keys that seal statements.
        secret_key: signs the session cookie; empty means one derived from the master keys.
        testing: faults are raised instead of becoming an error page.
        demonstration: every page says that the data are invented.
        secure_cookies: cookies travel over HTTPS only. Off only on a developer's own machine.
        trusted_proxies: how many reverse proxies in front may name the client and the scheme.
        hosts: names this installation answers to; empty means any.
        timezone: where the agency is; times are shown in it and its date is today's date.
        home_jurisdiction: state offered first for a new screening; empty means none.
        who_to_ask: the person or desk named on the about page.
        idle_minutes: a sign-in ends after so long without a request.
        amend_hours: a completed screening can be reopened by staff for so long after it was first completed.
        longest_hours: a sign-in ends after so long in any case.
        sign_in_attempts: failed attempts allowed for one name from one address.
        sign_in_attempts_address: failed attempts allowed from one address; a whole classroom may share one.
    """

    instance_path: Path
    rules_path: Path
    templates_path: Path
    database_url: str = field(repr=False)
    keys_path: Path
    secret_key: str = field(default="", repr=False)
    testing: bool = False
    demonstration: bool = False
    secure_cookies: bool = True
    trusted_proxies: int = 0
    hosts: tuple[str, ...] = ()
    timezone: str = "America/Chicago"
    home_jurisdiction: str = ""
    who_to_ask: str = ""
    idle_minutes: int = 30
    longest_hours: int = 10
    amend_hours: int = 72
    sign_in_attempts: str = "10 per 5 minutes"
    sign_in_attempts_address: str = "100 per 5 minutes"

    def __post_init__(self) -> None:
        """Refuse what would only fail later, at the first request. Raises ConfigFault."""
        for name in ("idle_minutes", "longest_hours", "amend_hours"):
            if getattr(self, name) < 1:
                raise ConfigFault(f"the setting '{name}' is 1 or more")
        for name in ("sign_in_attempts", "sign_in_attempts_address"):
            if not _ATTEMPTS.fullmatch(getattr(self, name)):
                raise ConfigFault(f"the setting '{name}' is written like '10 per 5 minutes'")
        try:
            ZoneInfo(self.timezone)
        except (ValueError, ZoneInfoNotFoundError) as fault:
            raise ConfigFault("the setting 'timezone' is written like 'America/Chicago'") from fault

    @classmethod
    def read(
        cls, instance_path: Path, environment: Mapping[str, str] = os.environ, **overrides: object
    ) -> "Config":
        """Read the settings of the installation in ``instance_path``.

        Out: defaults, outranked by config.toml, by ``SCREENING_*`` variables, by ``overrides``. A missing folder is made.
        Raises ConfigFault for an unknown setting or a value of the wrong kind.
        """
        instance_path = instance_path.resolve()
        instance_path.mkdir(mode=0o700, parents=True, exist_ok=True)
        chosen: dict[str, object] = {
            "rules_path": shipped_folder("rules"),
            "templates_path": shipped_folder("templates"),
            "database_url": f"sqlite:///{(instance_path / 'screening.sqlite').as_posix()}",
            "keys_path": instance_path / "keys.json",
        }
        chosen |= _from_file(instance_path / "config.toml") | _from_environment(environment) | overrides
        chosen["instance_path"] = instance_path
        fitting = {name: _fitting(name, value) for name, value in chosen.items()}
        return cls(**fitting)  # type: ignore[arg-type]  # _fitting has seen to the types, one by one


def _from_file(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise ConfigFault(f"{path} is not valid TOML: {fault}") from fault


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    known = {each.name for each in fields(Config)} - {"instance_path"}
    found = {name: environment.get(f"SCREENING_{name.upper()}") for name in known}
    return {name: value for name, value in found.items() if value is not None}


def _fitting(name: str, value: object) -> object:
    """The value in the kind its field has. A word from the environment is read as that kind."""
    kinds = {each.name: each.type for each in fields(Config)}
    if name not in kinds:
        raise ConfigFault(f"there is no setting '{name}'; known are: {', '.join(sorted(kinds))}")
    kind = kinds[name]
    if kind is Path and isinstance(value, str | Path):
        return Path(value)
    if kind is bool and isinstance(value, str):
        return value.lower() in _TRUE_WORDS
    if kind is int and isinstance(value, str) and value.isdecimal():
        return int(value)
    if kind == tuple[str, ...] and isinstance(value, str | list | tuple):
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(str(part).strip() for part in parts if str(part).strip())
    if isinstance(kind, type) and type(value) is kind:
        return value
    # The value itself is not shown: it may be a secret.
    raise ConfigFault(
        f"the setting '{name}' has a value of the kind {type(value).__name__}; wanted is {kind}"
    )
