"""rules/charges.yaml: kinds of charge, how each may be linked to the exploitation, and what can be asked of whom.

Nothing here decides a charge. A lawyer does, with the youth.
"""

from typing import Annotated, Literal

from pydantic import Field

from screening.core.shape import ConditionField, Id, Ids, Shape, Text, Texts

ChargeLink = Literal["exploitation_itself", "likely_arising", "to_be_shown", "unrelated"]
"""How a charge may be linked to the exploitation, closest first."""


class LinkRule(Shape):
    """When a kind of charge counts as linked in one way, and the reason in neutral words; without ``when``: otherwise."""

    link: ChargeLink
    when: ConditionField | None = None
    reason: Text
    sources: Ids


class Ask(Shape):
    """Something to ask of one profession about a charge; in the named jurisdictions only, or everywhere."""

    of: Id
    text: Text
    links: tuple[ChargeLink, ...] | None = None
    jurisdictions: Ids | None = None
    law: Ids = ()


class ChargeGroup(Shape):
    """A heading under which kinds of charge are picked."""

    id: Id
    label: Text


class ChargeKind(Shape):
    """A kind of charge. The first rule of ``links`` that holds says how it is linked; the last one has no condition.

    What law bears on it is named note by note in ``law``, or by ``law_topics``: every note of such a topic in the place.
    """

    id: Id
    label: Text
    group: Id
    hint: Text | None = None
    links: Annotated[tuple[LinkRule, ...], Field(min_length=1)]
    asks: tuple[Ask, ...] = ()
    blocks: Texts = ()
    reliefs: Ids = ()
    law: Ids = ()
    law_topics: Ids = ()


class Relief(Shape):
    """A way in which a charge or its label may be lifted, where the law of a place knows it."""

    id: Id
    label: Text
    plain: Text
    by: Ids
    jurisdictions: Ids | None = None
    law: Ids = ()
    sources: Ids


class AgeFacts(Shape):
    """Which recorded answers bear on the youth's age, and for whom that matters. What they prove is not for us to say."""

    questions: Ids
    of: Ids
    text: Text
    law: Ids = ()
    sources: Ids


class LinkWords(Shape):
    """How each way of being linked is put into words."""

    id: ChargeLink
    label: Text
    means: Text


class Charges(Shape):
    """rules/charges.yaml as a whole. ``cautions`` stand on every worksheet."""

    cautions: Texts
    links: tuple[LinkWords, ...]
    groups: tuple[ChargeGroup, ...]
    kinds: tuple[ChargeKind, ...]
    asks_of_all: tuple[Ask, ...] = ()
    age_facts: AgeFacts | None = None
    reliefs: tuple[Relief, ...]
    sources: Ids
