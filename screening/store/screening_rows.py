"""A screening's sealed part: its key, its case number, and what they are bound to."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, select, update

from screening.store.models import Base, Screening
from screening.store.vault import RecordKey, Vault, WrappedKey


@dataclass(frozen=True, slots=True)
class ScreeningIdentity:
    """What about a screening never changes. Its key is bound to all of it: a row moved or altered does not open."""

    id: str
    agency_id: str
    opened_by: str
    opened_at: datetime
    opened_on: date
    setting: str
    jurisdiction: str
    rulebook_digest: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The identity as the vault takes it."""
        moment = self.opened_at.isoformat(timespec="microseconds")
        return (
            self.id, self.agency_id, self.opened_by, moment, self.opened_on.isoformat(), self.setting,
            self.jurisdiction, self.rulebook_digest,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SealedScreening(ScreeningIdentity):
    """A screening as far as it is sealed: its identity, its wrapped key and its case number."""

    youth_ref_sealed: bytes
    wrapped_key: bytes
    key_version: int

    def open_key(self, vault: Vault) -> RecordKey:
        """The screening's key. Raises SealBroken."""
        return vault.record_key(WrappedKey(self.wrapped_key, self.key_version), self.parts)

    def open_youth_ref(self, key: RecordKey) -> str:
        """The case number, empty when none was given. Raises SealBroken."""
        return str(key.open(self.youth_ref_sealed, "screenings", ("youth_ref", self.id, self.agency_id)))


def sealed_columns(
    vault: Vault, identity: ScreeningIdentity, youth_ref: str
) -> dict[str, bytes | int | str | None]:
    """Draw a key for a new screening and seal its case number; out: the columns that hold them."""
    key, wrapped = vault.new_record_key(identity.parts)
    return {
        "youth_ref_sealed": key.seal(youth_ref, "screenings", ("youth_ref", identity.id, identity.agency_id)),
        "youth_ref_index": youth_ref_index(vault, identity.agency_id, youth_ref),
        "wrapped_key": wrapped.sealed,
        "key_version": wrapped.version,
    }


def rewrap_screenings(connection: Connection, vault: Vault) -> int:
    """Wrap every screening's key by the vault's current master key; out: how many. Raises SealBroken, changing nothing."""
    names = list(SealedScreening.__dataclass_fields__)
    rewrapped = [
        {"screening": screening.id, "sealed": wrapped.sealed, "version": wrapped.version}
        for row in connection.execute(select(*(getattr(Screening, name) for name in names)).with_for_update())
        for screening in [SealedScreening(*row)]
        for wrapped in [
            vault.rewrap(WrappedKey(screening.wrapped_key, screening.key_version), screening.parts)
        ]
    ]
    if rewrapped:
        change = update(Base.metadata.tables[Screening.__tablename__]).where(
            Screening.id == bindparam("screening")
        )
        connection.execute(
            change.values(wrapped_key=bindparam("sealed"), key_version=bindparam("version")), rewrapped
        )
    return len(rewrapped)


def youth_ref_index(vault: Vault, agency_id: str, youth_ref: str) -> str | None:
    """The blind index of a case number within its agency; None when there is no number.

    Case, spaces and punctuation do not count: "JC-2026 0417" and "jc20260417" are the same number.
    """
    folded = unicodedata.normalize("NFKC", youth_ref).casefold()
    plain = "".join(letter for letter in folded if letter.isalnum())
    return vault.blind_index("youth_ref", agency_id, plain) if plain else None
