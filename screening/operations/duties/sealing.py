"""The words with which a duty was closed, sealed under the screening's key and bound to their row."""

import json
from collections.abc import Mapping

from screening.store.follow_up_models import DutyRow
from screening.store.vault import RecordKey


def seal_words(
    key: RecordKey, words: Mapping[str, str], *, id: str, screening_id: str, agency_id: str
) -> bytes:
    """Field → text, sealed for the duty with that identity."""
    text = json.dumps(dict(sorted(words.items())), ensure_ascii=False)
    return key.seal(text, "duties", _identity(id, screening_id, agency_id))


def open_words(key: RecordKey, row: DutyRow) -> Mapping[str, str]:
    """The words of a closed duty. Raises SealBroken."""
    if row.sealed is None:
        return {}
    opened = key.open(row.sealed, "duties", _identity(row.id, row.screening_id, row.agency_id))
    return {str(field): str(text) for field, text in json.loads(str(opened)).items()}


def _identity(id: str, screening_id: str, agency_id: str) -> tuple[str, ...]:
    return ("words", id, screening_id, agency_id)
