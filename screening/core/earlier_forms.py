"""Rule files of earlier editions → the form of today, so that every edition ever used stays readable.

Only editions that are kept are read so; an author's file must have today's form. What an earlier form did not say is said
to be missing, never made up.
"""

from collections.abc import Callable, Mapping
from typing import Any

_NOT_SAID = "Not given in this edition of the rulebook."


def in_present_form(name: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data of a kept file as today's shapes take it; a file that has today's form stays as it is."""
    change = _CHANGES.get(name.partition("/")[0])
    return data if change is None else change(data)


def _instrument_with_readings(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Until November 2026 an instrument had ``scored``, ``ages`` and one list of ``bands``."""
    tool = data.get("instrument")
    if not isinstance(tool, Mapping) or "scored" not in tool:
        return data
    changed = {key: value for key, value in tool.items() if key not in ("scored", "ages", "bands")}
    if tool["scored"] in ("true", True) and tool.get("bands"):
        changed["readings"] = [{"id": "published", "label": tool["label"], "bands": tool["bands"]}]
    ages = tool.get("ages")
    made_for = f"Ages {ages[0]} to {ages[1]}." if ages else _NOT_SAID
    return {**data, "instrument": {**changed, "aim": _NOT_SAID, "made_for": made_for}}


_CHANGES: Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
    "instruments": _instrument_with_readings
}
