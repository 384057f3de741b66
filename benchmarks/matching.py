"""Finding help in a directory of 100,000 invented services, beside a plain scan in NumPy and one indexed query, in one run.

Usage: matching.py [services]. Ours is ``services_for`` and ``match`` for the needs of mock cases: it reads, discloses, and tells
every reason. The other two know only kind, area, age and people served, over columns made ready beforehand. All three must name
the same candidates for every need; ours are those that none of these four criteria rules out.

The rows are written in bulk, past the import: read and compared like a file they would take longer than all the rest. What kind
of help is given where (``service_offers``) is drawn from the documents by the program itself. Milliseconds are CPU.
"""

import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from _directory_of_many import DAY, NOW, Service, fill, opened, synthetic

from screening.core.advice import advise
from screening.core.cases import statements_of
from screening.core.evaluation import Assessment, assess
from screening.core.loading import load_rulebook
from screening.core.matching import YouthProfile, match, profile_of
from screening.core.rulebook import Need, Rulebook
from screening.core.truth import NO, UNKNOWN
from screening.operations.actors import Actor, Role
from screening.operations.database import Transaction
from screening.operations.directory.entries import levels_open_to
from screening.operations.directory.finding import services_for

ROUNDS = 6
GENDERS = ("girls", "boys", "transgender", "nonbinary")
FOUR = frozenset({"age", "people_served", "area", "kind"})
CASES = (
    "bed_in_winter",
    "drugs_and_hotel_keys",
    "sold_by_family",
    "deaf_with_uncle",
    "gang_debt",
    "age_not_known",
    "told_staff_unasked",
    "put_out_of_home",
)


# ---- three ways to find


class Youth(NamedTuple):
    """A mock case, what it needs, and where help is looked for."""

    assessment: Assessment
    needs: tuple[Need, ...]
    profile: YouthProfile
    places: tuple[str, ...]
    jurisdiction: str

    @property
    def kinds(self) -> set[str]:
        """All kinds of help that are looked for."""
        return {kind for need in self.needs for kind in need.kinds}


Candidates = dict[str, frozenset[str]]
"""Need → ids of services."""


def youth_of(rulebook: Rulebook, case: str) -> Youth:
    """A mock case as the placement page would ask for it."""
    assessment = assess(rulebook, statements_of(rulebook.cases[case]), DAY)
    advice = advise(assessment, jurisdiction="us_mo", setting="detention", day=DAY, started={}, zone=UTC)
    profile = profile_of(assessment, "us_mo")
    around = [county.id for county in rulebook.about.counties if county.jurisdiction in profile.places]
    places = profile.places if profile.county else (*profile.places, *around)
    return Youth(assessment, advice.needs, profile, places, "us_mo")


def ours(tx: Transaction, rulebook: Rulebook, youth: Youth) -> Candidates:
    """The program's own way."""
    found = services_for(tx, rulebook, youth.kinds, youth.places)
    assert not found.unread
    matched = match(
        youth.assessment,
        youth.needs,
        services=found.services,
        jurisdiction=youth.jurisdiction,
        profession="law_enforcement",
        now=NOW,
        day=DAY,
    )
    return {
        each.need.id: frozenset(
            one.service.id
            for one in (*each.fits, *each.ask, *each.excluded)
            if not any(reason.excludes and reason.criterion.reads in FOUR for reason in one.reasons)
        )
        for each in matched
    }


class Codes:
    """Words as bits or numbers, the same for both comparisons."""

    def __init__(self, services: Sequence[Service]) -> None:
        self.kinds = {
            kind: 1 << bit for bit, kind in enumerate(sorted({k for s in services for k in s.kinds}))
        }
        self.areas = {area: code for code, area in enumerate(sorted({a for s in services for a in s.areas}))}

    def served(self, genders: Sequence[str]) -> int:
        """Whom a service takes; every bit where it takes all or does not say."""
        if not genders or "all" in genders:
            return 15
        return sum(1 << GENDERS.index(each) for each in genders)

    def of(self, youth: Youth) -> int:
        """As whom the youth may be taken: everything that is not plainly no."""
        truths = youth.profile.served_as
        return sum(1 << bit for bit, each in enumerate(GENDERS) if truths.get(each, UNKNOWN) is not NO)  # type: ignore[call-overload]


class Scan:
    """A full scan in NumPy over coded columns."""

    def __init__(self, services: Sequence[Service], levels: Sequence[str], codes: Codes) -> None:
        self.codes = codes
        self.ids = np.array([each.id for each in services])
        self.kinds = np.array([sum(codes.kinds[kind] for kind in each.kinds) for each in services], np.uint64)
        self.open = np.array([each.status == "active" and each.level in levels for each in services])
        self.lowest = np.array([each.ages[0] or 0 for each in services], np.int8)
        self.highest = np.array([127 if each.ages[1] is None else each.ages[1] for each in services], np.int8)
        self.served = np.array([codes.served(each.genders) for each in services], np.uint8)
        self.areas = np.full((len(services), 3), -1, np.int16)
        for row, each in enumerate(services):
            self.areas[row, : len(each.areas)] = [codes.areas[area] for area in each.areas]
        self.anywhere = self.areas[:, 0] < 0

    @property
    def bytes(self) -> int:
        """What the columns take."""
        return sum(each.nbytes for each in vars(self).values() if isinstance(each, np.ndarray))

    def find(self, youth: Youth) -> Candidates:
        """The candidates of every need."""
        here = np.zeros(len(self.codes.areas) + 1, bool)
        here[[self.codes.areas[each] for each in youth.places if each in self.codes.areas]] = True
        fits = self.open & (self.anywhere | here[self.areas].any(axis=1))
        fits &= (self.served & np.uint8(self.codes.of(youth))) != 0
        age = youth.profile.age
        if age is not None:
            fits &= (self.lowest <= age) & (self.highest >= age)
        return {
            need.id: frozenset(self.ids[fits & ((self.kinds & self._bits(need)) != 0)].tolist())
            for need in youth.needs
        }

    def _bits(self, need: Need) -> np.uint64:
        return np.uint64(sum(self.codes.kinds.get(kind, 0) for kind in need.kinds))


class Query:
    """One hand-written query over flat rows of service, kind and area, clustered by kind and area."""

    def __init__(
        self, services: Sequence[Service], levels: Sequence[str], codes: Codes, folder: Path
    ) -> None:
        self.codes = codes
        self.path = folder / "flat.sqlite"
        self.connection = sqlite3.connect(self.path)
        self.connection.execute(
            "CREATE TABLE flat (kind, area, id, open, lowest, highest, served, PRIMARY KEY (kind, area, id)) WITHOUT ROWID"
        )
        rows = (
            (
                kind,
                area,
                own.id,
                own.status == "active" and own.level in levels,
                *own.ages,
                codes.served(own.genders),
            )
            for own in services
            for kind in own.kinds
            for area in own.areas or ("",)
        )
        with self.connection:
            self.connection.executemany("INSERT INTO flat VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        self.connection.execute("ANALYZE")

    def find(self, youth: Youth) -> Candidates:
        """The candidates of every need."""
        kinds, places, age = sorted(youth.kinds), (*youth.places, ""), youth.profile.age
        asked = (
            "SELECT DISTINCT kind, id FROM flat WHERE open AND (served & ?) != 0"  # noqa: S608 - marks only
            " AND (?2 IS NULL OR ((lowest IS NULL OR lowest <= ?2) AND (highest IS NULL OR highest >= ?2)))"
            f" AND kind IN ({','.join('?' * len(kinds))}) AND area IN ({','.join('?' * len(places))})"
        )
        found: dict[str, set[str]] = {kind: set() for kind in kinds}
        for kind, own in self.connection.execute(asked, (self.codes.of(youth), age, *kinds, *places)):
            found[kind].add(own)
        return {need.id: frozenset().union(*(found[kind] for kind in need.kinds)) for need in youth.needs}


# ---- measuring


def peak() -> float:
    """The process's largest memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(folder: Path, services: int) -> None:
    """Check that all agree, then time them in turn."""
    rulebook, database = load_rulebook(Path("rules")), opened(folder)
    actor = Actor("officer", "Officer", Role.INTAKE_STAFF, (folder / "agency").read_text())
    youths = [youth_of(rulebook, case) for case in CASES if case in rulebook.cases]
    youths = [youth for youth in youths if youth.needs]
    before = peak()
    with database.reading(actor) as tx:
        first = [ours(tx, rulebook, youth) for youth in youths]
        print(f"peak memory: rulebook {before:.0f} MB, with ours {peak():.0f} MB")
        invented, levels = list(synthetic(services, rulebook)), levels_open_to(actor)
        codes = Codes(invented)
        began = time.process_time()
        scan = Scan(invented, levels, codes)
        built = time.process_time()
        query = Query(invented, levels, codes, folder)
        print(
            f"columns built in {built - began:.1f} s, {scan.bytes / 1e6:.1f} MB, a third of it ids; flat rows in "
            f"{time.process_time() - built:.1f} s, {query.path.stat().st_size / 1e6:.0f} MB"
        )
        for youth, found in zip(youths, first, strict=True):
            assert found == scan.find(youth) == query.find(youth)
        counts = Counter({youth: sum(map(len, found.values())) for youth, found in enumerate(first)})
        print(
            f"{len(youths)} youths with {sum(len(each.needs) for each in youths)} needs, the same candidates three "
            f"times: {min(counts.values())} to {max(counts.values())} a youth"
        )
        ways = {"ours": partial(ours, tx, rulebook), "NumPy scan": scan.find, "indexed SQL": query.find}
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for youth in youths:
                for name, way in ways.items():
                    began = time.process_time()
                    way(youth)  # type: ignore[operator]
                    times[name].append((time.process_time() - began) * 1000)
        matching = _matching_alone(tx, rulebook, youths)
    print(f"{'':<14}{'p50, ms':>9}{'p95, ms':>9}{'SQL = 1':>9}")
    bare = float(np.median(times["indexed SQL"]))
    for name, each in {**times, "match alone": matching}.items():
        middle, high = np.percentile(each, (50, 95))
        print(f"{name:<14}{middle:>9.2f}{high:>9.2f}{middle / bare:>9.1f}")
    database.close()


def _matching_alone(tx: Transaction, rulebook: Rulebook, youths: Sequence[Youth]) -> list[float]:
    times = []
    for youth in youths:
        found = services_for(tx, rulebook, youth.kinds, youth.places)
        for _ in range(ROUNDS):
            began = time.process_time()
            match(
                youth.assessment, youth.needs, services=found.services, jurisdiction="us_mo", now=NOW, day=DAY
            )
            times.append((time.process_time() - began) * 1000)
    return times


def main() -> None:
    """Fill a folder, then measure."""
    services = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        began = time.perf_counter()
        subprocess.run([sys.executable, __file__, "fill", name, str(services)], check=True)
        size = (Path(name) / "ours.sqlite").stat().st_size / 1e6
        print(f"{services} services written in bulk in {time.perf_counter() - began:.0f} s, {size:.0f} MB")
        measure(Path(name), services)


if __name__ == "__main__":
    if sys.argv[1:2] == ["fill"]:
        fill(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
