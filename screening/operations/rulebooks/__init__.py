"""The rulebook's editions: keeping what was ever used, checking what is brought in, publishing and going back.

An edition is the public rule files, optionally together with an agency's own files under a licence (``licensed/…``). Another
agency's edition is not found, like one that does not exist.
"""

from screening.operations.rulebooks.checking import (
    CaseOutcome,
    Check,
    CheckImpossible,
    CheckReport,
    check_in_child,
)
from screening.operations.rulebooks.keeping import (
    EditionUnreadable,
    KeptRulebook,
    RulebookNotKept,
    keep_rulebook,
    kept_rulebook,
)
from screening.operations.rulebooks.listing import (
    Edition,
    Editions,
    Offer,
    Publication,
    editions,
    offer_report,
)
from screening.operations.rulebooks.publishing import (
    LONGEST_REASON,
    EditionRefused,
    current_digest,
    offer_edition,
    publish_edition,
    publisher_named,
    roll_back,
)
from screening.operations.rulebooks.uploads import ArchiveRefused, files_in_archive

__all__ = [
    "LONGEST_REASON",
    "ArchiveRefused",
    "CaseOutcome",
    "Check",
    "CheckImpossible",
    "CheckReport",
    "Edition",
    "EditionRefused",
    "EditionUnreadable",
    "Editions",
    "KeptRulebook",
    "Offer",
    "Publication",
    "RulebookNotKept",
    "check_in_child",
    "current_digest",
    "editions",
    "files_in_archive",
    "keep_rulebook",
    "kept_rulebook",
    "offer_edition",
    "offer_report",
    "publish_edition",
    "publisher_named",
    "roll_back",
]
