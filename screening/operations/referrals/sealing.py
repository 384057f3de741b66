"""The words about a step, sealed under the screening's key and bound to their row."""

import json
from collections.abc import Mapping

from screening.store.help_models import ReferralStepRow
from screening.store.vault import RecordKey


def seal_words(key: RecordKey, words: Mapping[str, str], identity: tuple[str, ...]) -> bytes | None:
    """Field → text, sealed for the step with that identity (id, referral, screening, agency). No words, nothing to seal."""
    if not words:
        return None
    text = json.dumps(dict(sorted(words.items())), ensure_ascii=False)
    return key.seal(text, "referral_steps", ("words", *identity))


def open_words(key: RecordKey, row: ReferralStepRow) -> Mapping[str, str]:
    """The words about a step. Raises SealBroken."""
    if row.sealed is None:
        return {}
    identity = (row.id, row.referral_id, row.screening_id, row.agency_id)
    opened = key.open(row.sealed, "referral_steps", ("words", *identity))
    return {str(field): str(text) for field, text in json.loads(str(opened)).items()}
