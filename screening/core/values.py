"""Which values can answer a question: the one rule behind mock cases, forms and imports."""

from datetime import date

from screening.core.rulebook import CaseValue, Question
from screening.core.statements import UNKNOWN_VALUES


def fits(question: Question, value: CaseValue) -> bool:
    """Whether a value can answer a question."""
    if value in UNKNOWN_VALUES:
        return True
    match question.kind:
        case "yes_no":
            return value in ("yes", "no")
        case "choice":
            return value in question.option_labels
        case "choices":
            return (
                isinstance(value, tuple)
                and set(value) <= set(question.option_labels)
                and len(set(value)) == len(value)
            )
        case "number":
            bounds = (question.least or 0, question.most or 0)
            return isinstance(value, int) and not isinstance(value, bool) and bounds[0] <= value <= bounds[1]
        case "date":
            return isinstance(value, str) and _is_date(value)
        case "text":
            return isinstance(value, str) and 0 < len(value) <= question.max_length


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
