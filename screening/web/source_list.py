"""The sources that a page names, numbered as they come."""

from collections.abc import Iterable, Mapping

from screening.core.rulebook import Reference


class SourceList:
    """The sources a page names, in the order it first names them; printed once, at its end."""

    def __init__(self, sources: Mapping[str, Reference]) -> None:
        self._sources = sources
        self._numbers: dict[str, int] = {}

    def cite(self, ids: Iterable[str]) -> list[tuple[int, Reference]]:
        """The sources with their numbers on this page. An id the rulebook does not hold is an address: left out."""
        known = [self._sources[each] for each in ids if each in self._sources]
        return [(self._numbers.setdefault(each.id, len(self._numbers) + 1), each) for each in known]

    @property
    def named(self) -> list[tuple[int, Reference]]:
        """Every source named so far."""
        return [(number, self._sources[each]) for each, number in self._numbers.items()]
