"""The rulebook as straight-line JavaScript: the floor beside which the twin is measured.

Every condition becomes one line that computes a number from numbers above it: no walk, no closures, no names, no
proofs, nothing looked up. Effective answers go in, truths and what holds come out, as the twin gives them.
"""

from typing import Any

Plain = list[Any]
UNKNOWNS = ("unsure", "declined", "not_asked", "unanswered")


class StraightLine:
    """Writes one function for one exported rulebook."""

    def __init__(self, rulebook: dict[str, Any]) -> None:
        self.rulebook = rulebook
        self.places = {question["id"]: place for place, question in enumerate(rulebook["questions"])}
        self.names: dict[str, str] = {}
        self.applies: dict[str, str] = {}
        self.lines: list[str] = []

    def source(self) -> str:
        """The body of a function of ``answers`` (a list in the rulebook's order)."""
        book = self.rulebook
        for question in book["questions"]:
            if "applies_when" in question:
                self.applies[question["id"]] = self.value(question["applies_when"])
        for each in book["named"]:
            self.names[each["id"]] = self.value(each["when"])
        for tool in book["instruments"]:
            self.score(tool)
        clear, possible = self.value(book["levels"]["clear"]), self.value(book["levels"]["possible"])
        self.names["clear"] = clear
        self.names["possible"] = self.line(f"{clear} > {possible} ? {clear} : {possible}")
        holding = {kind: self.holding(book[kind]) for kind in ("interruptions", "outcomes", "actions")}
        holding["raised"] = self.holding(
            [{"id": each["id"], "when": ["named", each["id"]]} for each in book["indicators"]]
        )
        possible = self.names["possible"]
        returned = ", ".join(f"{kind}: {value}" for kind, value in holding.items())
        bounds = f"at_least: ({possible} === 2) + ({clear} === 2), at_most: ({possible} > 0) + ({clear} > 0)"
        truths = ", ".join(self.names.values())
        return "\n".join([*self.lines, f"return {{ truths: [{truths}], {bounds}, {returned} }};"])

    def line(self, expression: str) -> str:
        """One more line; out: its name."""
        name = f"n{len(self.lines)}"
        self.lines.append(f"const {name} = {expression};")
        return name

    def holding(self, entries: list[dict[str, Any]]) -> str:
        """A list of the ids whose condition is yes."""
        name = self.line("[]")
        for each in entries:
            if "when" in each:
                truth = self.value(each["when"])
                self.lines.append(f"if ({truth} === 2) {name}.push({each['id']!r});")
            else:
                self.lines.append(f"{name}.push({each['id']!r});")
        return name

    def value(self, condition: Plain) -> str:
        """The name of a condition's truth."""
        operator, *operands = condition
        return str(getattr(self, f"on_{operator}")(*operands))

    def tested(self, question: str, known: str, unknown: str = "1") -> str:
        """A test on one answer, no further than the question applies."""
        answer = f"answers[{self.places[question]}]"
        truth = self.line(f"{answer}.value === null ? {unknown} : {known.replace('$', answer)}")
        if question not in self.applies:
            return truth
        applies = self.applies[question]
        return self.line(f"{truth} < {applies} ? {truth} : {applies}")

    def on_is(self, question: str, values: list[str]) -> str:
        equal = " || ".join(f"$.value === {value!r}" for value in values)
        answer = f"answers[{self.places[question]}]"
        states = " || ".join(f"{answer}.state === {value!r}" for value in values if value in UNKNOWNS)
        return self.tested(question, f"({equal}) ? 2 : 0", f"({states}) ? 2 : 1" if states else "1")

    def on_includes(self, question: str, options: list[str]) -> str:
        ticked = " || ".join(f"$.value.includes({option!r})" for option in options)
        return self.tested(question, f"({ticked}) ? 2 : $.partial ? 1 : 0")

    def on_from(self, question: str, bound: int) -> str:
        return self.number(question, bound, 2, 0)

    def on_below(self, question: str, bound: int) -> str:
        return self.number(question, bound, 0, 2)

    def number(self, question: str, bound: int, at_or_above: int, below: int) -> str:
        combining = self.rulebook["questions"][self.places[question]]["combining"]
        above = at_or_above if combining == "highest" else f"($.partial ? 1 : {at_or_above})"
        under = below if combining == "lowest" else f"($.partial ? 1 : {below})"
        return self.tested(question, f"$.value >= {bound} ? {above} : {under}")

    def on_all(self, parts: list[Plain]) -> str:
        return self.line(f"Math.min({', '.join([self.value(part) for part in parts])})")

    def on_any(self, parts: list[Plain]) -> str:
        return self.line(f"Math.max({', '.join([self.value(part) for part in parts])})")

    def on_not(self, part: Plain) -> str:
        return self.line(f"2 - {self.value(part)}")

    def on_count(self, number: int, parts: list[Plain]) -> str:
        return self.counted(number, [self.value(part) for part in parts])

    def counted(self, number: int, truths: list[str]) -> str:
        if not truths:
            return self.line("0")
        certain = self.line(" + ".join(f"({truth} === 2)" for truth in truths))
        possible = self.line(" + ".join(f"({truth} > 0)" for truth in truths))
        return self.line(f"{certain} >= {number} ? 2 : {possible} >= {number} ? 1 : 0")

    def on_named(self, name: str) -> str:
        return self.names[name]

    def on_concern(self, level: str) -> str:
        return self.names[level]

    def on_band(self, instrument: str, band: str) -> str:
        return self.names[f"{instrument} {band}"]

    def on_findings(self, strengths: list[str], count: int, categories: int) -> str:
        groups: dict[str, list[str]] = {}
        for each in self.rulebook["indicators"]:
            if each["strength"] in strengths:
                groups.setdefault(each["category"], []).append(self.names[each["id"]])
        together = self.counted(count, [truth for group in groups.values() for truth in group])
        if categories == 1:
            return together
        kinds = [self.line(f"Math.max({', '.join(group)})") for group in groups.values()]
        return self.line(f"Math.min({together}, {self.counted(categories, kinds)})")

    def score(self, tool: dict[str, Any]) -> None:
        """An instrument's bands."""
        if not tool["bands"]:
            return
        items = [(each["points"], self.value(each["when"])) for each in tool["items"]]
        lowest = self.line(" + ".join(f"({truth} === 2) * {points}" for points, truth in items) or "0")
        highest = self.line(
            " + ".join(
                [str(tool["left_out_points"]), *(f"({truth} > 0) * {points}" for points, truth in items)]
            )
        )
        used = self.value(tool["used_when"]) if "used_when" in tool else "2"
        for band in tool["bands"]:
            below, least = band["below"], band["at_least"]
            within = f"{lowest} >= {least}" + ("" if below is None else f" && {highest} < {below}")
            outside = f"{highest} < {least}" + ("" if below is None else f" || {lowest} >= {below}")
            name = f"{tool['id']} {band['id']}"
            self.names[name] = self.line(f"Math.min({used}, {within} ? 2 : {outside} ? 0 : 1)")
