"""Every id the rulebook defines, where it was written, and the faults found while looking ids up."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from screening.core import rule_files as files
from screening.core import rulebook as shapes
from screening.core.rule_files import Entries, Fault, Origin, did_you_mean


@dataclass(slots=True, eq=False)
class Index:
    """Every id the rulebook defines, and the faults found so far."""

    entries: Entries
    faults: list[Fault] = field(default_factory=list)
    ids: dict[str, dict[str, tuple[Origin, Any]]] = field(default_factory=dict)

    def add(self, kind: str, origin: Origin, entry: Any) -> None:
        """Note one entry; a second one with the same id is a fault."""
        known = self.ids.setdefault(kind, {})
        if entry.id in known:
            first = known[entry.id][0]
            where = f"{first.file.name}:{first.file.line_of(first.path)}"
            self.faults.append(
                origin.fault(
                    "E201", f"the {kind} '{entry.id}' is already defined at {where}", "give one another id"
                )
            )
        else:
            known[entry.id] = (origin, entry)

    def need(self, kind: str, id: str, origin: Origin, *subpath: str | int) -> None:
        """A reference that must lead somewhere."""
        if id not in self.ids.get(kind, {}):
            hint = did_you_mean(id, self.ids.get(kind, {}))
            self.faults.append(origin.fault("E202", f"there is no {kind} '{id}'", hint, *subpath, word=id))

    def need_all(self, kind: str, ids: Iterable[str] | None, origin: Origin, *subpath: str | int) -> None:
        """Several references that must lead somewhere."""
        for id in ids or ():
            self.need(kind, id, origin, *subpath)

    def all(self, kind: str) -> Iterator[tuple[Origin, Any]]:
        """All entries of a kind."""
        yield from self.ids.get(kind, {}).values()


def index_of(entries: Entries) -> Index:
    """The index of everything that was read."""
    index = Index(entries)
    listed = entries.listed
    for kind, shape, key in (
        ("source", files.SourcesFile, "sources"),
        ("question", files.QuestionsFile, "questions"),
        ("indicator", files.DefinitionsFile, "definitions"),
        ("indicator", files.IndicatorsFile, "indicators"),
        ("note of law", files.LawFile, "notes"),
        ("action", files.ActionsFile, "actions"),
        ("need", files.NeedsFile, "needs"),
        ("kind of service", files.KindsFile, "kinds"),
        ("service", files.ServicesFile, "services"),
        ("interruption", shapes.Concern, "interruptions"),
        ("outcome", shapes.Concern, "outcomes"),
        ("setting", shapes.About, "settings"),
        ("jurisdiction", shapes.About, "jurisdictions"),
        ("county", shapes.About, "counties"),
        ("profession", shapes.About, "professions"),
        ("strength", shapes.About, "strengths"),
        ("event", shapes.Events, "events"),
        ("group of charges", shapes.Charges, "groups"),
        ("kind of charge", shapes.Charges, "kinds"),
        ("relief", shapes.Charges, "reliefs"),
        ("sheet", shapes.Sheets, "sheets"),
        ("line of the report", shapes.ReportGuide, "lines"),
        ("feature", shapes.PlacementGuide, "features"),
        ("criterion", shapes.PlacementGuide, "criteria"),
        ("criterion", files.CriteriaFile, "criteria"),
        ("outcome of a call", shapes.PlacementGuide, "contact_outcomes"),
        ("reason for no bed", shapes.PlacementGuide, "no_bed_reasons"),
        ("reason for an unmet need", shapes.PlacementGuide, "unmet_reasons"),
        ("step of a referral", shapes.PlacementGuide, "referral_steps"),
        ("place to stay", shapes.PlacementGuide, "stay_places"),
        ("kind of error", shapes.PlacementGuide, "entry_errors"),
    ):
        for origin, entry in listed(shape, key):
            index.add(kind, origin, entry)
    for file, questions in entries.of(files.QuestionsFile):
        index.add("section", Origin(file, ("section",)), questions.section)
    for file, indicators in entries.of(files.IndicatorsFile):
        index.add("category", Origin(file, ("category",)), indicators.category)
    for file, tool in entries.of(files.InstrumentFile):
        index.add("instrument", Origin(file, ("instrument",)), tool.instrument)
    for file, case in entries.of(shapes.MockCase):
        index.add("case", Origin(file, ("case",)), case.case)
    return index
