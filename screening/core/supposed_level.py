"""What would outrank the questions if the concern stood at a level that the answers do not reach.

A supervisor may set a level by what the answers do not hold. What the rulebook says must come first at that level then holds
too, and nothing of what the rules found is changed for it.
"""

from screening.core.algebra import Proof
from screening.core.conditions import ConcernAtLeast
from screening.core.evaluation import Assessment, Level, Proofs
from screening.core.rulebook import Interruption
from screening.core.truth import YES


def interruptions_at(assessment: Assessment, level: Level) -> tuple[Interruption, ...]:
    """The interruptions that hold at that level and do not hold by the answers alone, in the rulebook's order."""
    proofs = Proofs(assessment.rulebook, assessment.answers)
    for reached in Level:
        if Level.NONE < reached <= level:
            name = reached.name.lower()
            proofs[name] = Proof(ConcernAtLeast(name), YES)
    return tuple(
        each
        for each in assessment.rulebook.concern.interruptions
        if each not in assessment.interruptions and proofs.explain(each.when).truth is YES
    )
