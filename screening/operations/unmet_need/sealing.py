"""What is kept of the youth with a need that nothing met: sex, age and a few words, sealed and bound to their row."""

import json
from dataclasses import dataclass

from screening.store.vault import RecordKey


@dataclass(frozen=True, slots=True)
class UnmetFacts:
    """Sex and age as the screening had them then: the answer, or which kind of unknown it was; and what staff wrote."""

    sex: str
    age: int | str
    words: str


def seal_facts(key: RecordKey, facts: UnmetFacts, *, id: str, screening_id: str, agency_id: str) -> bytes:
    """The facts, sealed for the row with that identity."""
    text = json.dumps({"age": facts.age, "sex": facts.sex, "words": facts.words}, ensure_ascii=False)
    return key.seal(text, "unmet_needs", _identity(id, screening_id, agency_id))


def open_facts(key: RecordKey, sealed: bytes, *, id: str, screening_id: str, agency_id: str) -> UnmetFacts:
    """The facts again. Raises SealBroken."""
    opened = json.loads(str(key.open(sealed, "unmet_needs", _identity(id, screening_id, agency_id))))
    age = opened["age"]
    return UnmetFacts(str(opened["sex"]), age if isinstance(age, int) else str(age), str(opened["words"]))


def _identity(id: str, screening_id: str, agency_id: str) -> tuple[str, ...]:
    return ("facts", id, screening_id, agency_id)
