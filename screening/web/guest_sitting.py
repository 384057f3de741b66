"""Somebody outside who opened a link: one hand-off, for the time its opening allows, beside and apart from any sign-in.

The session then names the hand-off under a key of its own. Nothing that asks who is signed in looks at that key, and the
pages for a guest look at nothing else; how long the guest may read is kept with the hand-off, not in the browser.
"""

from flask import g, session

from screening.operations.actors import Actor
from screening.operations.hand_offs import guest_of, hand_off_id_of
from screening.web.access import plain_id

_KEY = "guest"


def begin_guest_sitting(guest: Actor) -> None:
    """Let this browser read the guest's hand-off. One opened before is let go of."""
    session[_KEY] = [hand_off_id_of(guest), guest.agency_id]


def end_guest_sitting() -> None:
    """Let go of the hand-off. Whoever is signed in stays signed in."""
    session.pop(_KEY, None)


def present_guest() -> Actor | None:
    """The guest of this browser, if one opened a link. The page is then theirs: it shows nothing of a signed-in person."""
    kept = session.get(_KEY)
    if not isinstance(kept, list) or len(kept) != 2:
        return None
    hand_off_id, agency_id = (plain_id(each) for each in kept)
    if hand_off_id is None or agency_id is None:
        return None
    g.actor = None
    return guest_of(hand_off_id, agency_id)
