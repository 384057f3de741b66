"""Sealing: the only place that encrypts. AES-256-GCM under a key per screening, wrapped by a versioned master key.

The identity of the row a value stands in is authenticated with it, so that a sealed value moved to another row, screening,
question, source, author or time does not open. Values are padded to whole blocks of 64 bytes before sealing: otherwise the
length alone would tell a "yes" from a "no".
"""

import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from screening.store.faults import KeysFault, SealBroken
from screening.store.keys import KEY_BYTES, Keys

SealedKind = Literal[
    "screenings",
    "statements",
    "charges",
    "duties",
    "hand_offs",
    "reviews",
    "bed_requests",
    "bed_request_places",
    "contact_attempts",
    "referral_steps",
    "unmet_needs",
]
Sealable = str | int | tuple[str, ...]
Identity = tuple[str, ...]

_FORMAT = b"\x01"
_NONCE_BYTES = 12
_BLOCK = 64
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True).encode
_decode = json.JSONDecoder().raw_decode  # stops at the end of the value: the padding after it is skipped


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A screening's key as it is stored: sealed by the master key of that version. Destroying it destroys the record."""

    sealed: bytes
    version: int


class RecordKey:
    """An opened screening key: seals and opens the values of that one screening."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, value: Sealable, kind: SealedKind, identity: Identity) -> bytes:
        """Seal a value for the row with that identity."""
        plain = _encode(value).encode("ascii")
        plain += b" " * (-len(plain) % _BLOCK)
        return _seal(self._cipher, plain, kind, identity)

    def open(self, sealed: bytes, kind: SealedKind, identity: Identity) -> Sealable:
        """The value again. Raises SealBroken unless key, value and every part of the identity are the ones sealed."""
        value, _end = _decode(_open(self._cipher, sealed, kind, identity).decode("ascii"))
        return tuple(value) if isinstance(value, list) else value


class Vault:
    """The opened keys file. Holds secrets: never printed, never pickled, never handed to a page."""

    __slots__ = ("_index_key", "_keys", "_masters")

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._masters = {version: AESGCM(key) for version, key in keys.masters.items()}
        self._index_key = _derive(keys.root, "blind index")

    def __reduce__(self) -> str:
        raise TypeError("a vault is not pickled")

    def new_record_key(self, identity: Identity) -> tuple[RecordKey, WrappedKey]:
        """Draw a key for a new screening; out: the opened key, and the wrapped one to store."""
        key = AESGCM.generate_key(bit_length=KEY_BYTES * 8)
        version = self._keys.current
        sealed = _seal(self._masters[version], key, "screenings", ("wrapped_key", str(version), *identity))
        return RecordKey(key), WrappedKey(sealed, version)

    def record_key(self, wrapped: WrappedKey, identity: Identity) -> RecordKey:
        """Open a stored screening key. Raises SealBroken: changed, moved, destroyed, or the master key is not here."""
        return RecordKey(self._unwrap(wrapped, identity))

    def rewrap(self, wrapped: WrappedKey, identity: Identity) -> WrappedKey:
        """The same screening key wrapped by the current master key: what a key rotation does to every screening."""
        key, version = self._unwrap(wrapped, identity), self._keys.current
        return WrappedKey(
            _seal(self._masters[version], key, "screenings", ("wrapped_key", str(version), *identity)),
            version,
        )

    def _unwrap(self, wrapped: WrappedKey, identity: Identity) -> bytes:
        master = self._masters.get(wrapped.version)
        if master is None:
            raise SealBroken("screenings")
        return _open(master, wrapped.sealed, "screenings", ("wrapped_key", str(wrapped.version), *identity))

    def blind_index(self, *parts: str) -> str:
        """A keyed digest by which equal values are found without being readable; useless without the keys file."""
        return hmac.new(self._index_key, _encode(parts).encode("ascii"), hashlib.sha256).hexdigest()

    def web_session_secret(self) -> bytes:
        """The secret that signs web sessions: derived, so that it needs no file of its own and has no default."""
        return _derive(self._keys.root, "web session")

    def fingerprints(self) -> dict[int, str]:
        """Key version → fingerprint, safe to store; version 0 is the root of the derived keys."""
        every = {0: self._keys.root, **self._keys.masters}
        return {version: _derive(key, "fingerprint").hex() for version, key in every.items()}

    def require_match(self, marks: dict[int, str]) -> None:
        """Raise KeysFault unless every key the database was sealed with is here and is the same."""
        held = self.fingerprints()
        if any(held.get(version) != fingerprint for version, fingerprint in marks.items()):
            raise KeysFault(
                "This keys file does not belong to this database: it was sealed with other keys. "
                "Put back the keys file that was backed up for it. Nothing was changed."
            )


def _seal(cipher: AESGCM, plain: bytes, kind: SealedKind, identity: Identity) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return _FORMAT + nonce + cipher.encrypt(nonce, plain, _associated(kind, identity))


def _open(cipher: AESGCM, sealed: bytes, kind: SealedKind, identity: Identity) -> bytes:
    if sealed[:1] != _FORMAT:
        raise SealBroken(kind)
    nonce, rest = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return cipher.decrypt(nonce, rest, _associated(kind, identity))
    except (InvalidTag, ValueError):
        raise SealBroken(kind) from None


def _associated(kind: SealedKind, identity: Identity) -> bytes:
    """Identity → bytes without ambiguity: a line a part, and no part holds a line break. Raises SealBroken if one does."""
    text = "\n".join((kind, *identity))
    if text.count("\n") != len(identity):
        raise SealBroken(kind)
    return text.encode("utf-8", "surrogatepass")


def _derive(key: bytes, label: str) -> bytes:
    """HKDF-SHA256 (RFC 5869) with a label, so that no two uses ever share a key."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"screening assistant: {label}".encode()).derive(key)
