"""Proof that signs only ever raise concern: two screenings that differ in one answer, for all other answers.

Two promises are proved for every answer behind the level, whatever else was answered:

* An unknown answer that becomes a sign never lowers what is certain (``at_least``).
* Of two known answers, the one that shows more never gives a lower ``at_least`` nor a lower ``at_most``.

What shows more is said by the rules themselves. A yes shows more than a no, and one more tick shows more. Of numbers
and of the options of a choice, the end shows more that wins when sources differ: the higher one, or with
``combine: lowest`` the lower one (an age). Options of a choice that takes the latest answer have no order; there,
an option that a condition behind the level names shows more than one that none names.

A presumption ("age not given counts as under 18") makes an unknown a sign of its own. A further answer at the other
end, an adult's age, may then lower what is certain: that is the presumption being settled, no sign. A sign, an age
under 18, may not. What protects a youth is not a sign: were it ever used to lower concern, it would be found here,
because its yes would count for less than its no.
"""

from collections.abc import Iterator, Sequence

import z3

from screening.core.compiled_rules import conditions_behind_level
from screening.core.conditions import AnswerIs, Includes, every_node, question_of
from screening.core.rule_files import Fault
from screening.core.rule_index import Index
from screening.core.rule_proofs_worlds import Formula, OpenAnswer, World
from screening.core.rulebook import Rulebook
from screening.core.statements import UNANSWERED

_LEVELS = ("clear", "possible")
_CERTAIN, _POSSIBLE = 0, 1


class SignOrder:
    """Two worlds, the second of which may show more than the first."""

    def __init__(self, rulebook: Rulebook, index: Index) -> None:
        self._index = index
        self._less, self._more = World(rulebook, "less "), World(rulebook, "more ")
        self._named = _named_options(rulebook)
        self._solver = z3.SolverFor("QF_FD")
        self._solver.add(*self._less.rules, *self._more.rules)
        nodes = (node for each in conditions_behind_level(rulebook) for node in every_node(each))
        behind = dict.fromkeys(str(question_of(node)) for node in nodes if question_of(node) is not None)
        for question in list(behind):
            behind.update(dict.fromkeys(_asked_before(rulebook, question)))
        self._behind = tuple(behind)

    def faults(self) -> list[Fault]:
        """One fault for each question whose sign can lower a bound of the level; none is a proof."""
        wanted = {
            "at_least": (
                self._falls(_CERTAIN),
                {id: z3.Or(self._settles(id), self._grows(id)) for id in self._behind},
            ),
            "at_most": (self._falls(_POSSIBLE), {id: self._grows(id) for id in self._behind}),
        }
        faults: dict[str, Fault] = {}
        for bound, (falls, steps) in wanted.items():
            together = [z3.Or(self._same(id), step) for id, step in steps.items()]
            others = [self._same(id) for id in self._less.answers if id not in steps]
            if self._search(falls, *together, *others):
                for id, step in steps.items():
                    if id not in faults and self._search(falls, step, *self._all_same_but(id)):
                        faults[id] = self._fault(id, bound, falls, step)
        return list(faults.values())

    def _search(self, *formulas: Formula) -> bool:
        self._solver.push()
        self._solver.add(*formulas)
        found = bool(self._solver.check() == z3.sat)
        self._solver.pop()
        return found

    def _falls(self, side: int) -> Formula:
        """Some level that the first world reaches (certainly, or possibly), the second does not."""
        pairs = [
            (self._less.truth_named(f"level {level}")[side], self._more.truth_named(f"level {level}")[side])
            for level in _LEVELS
        ]
        return z3.Or([z3.And(less, z3.Not(more)) for less, more in pairs])

    def _both(self, question: str) -> tuple[OpenAnswer, OpenAnswer]:
        return self._less.answers[question], self._more.answers[question]

    def _same(self, question: str) -> Formula:
        less, more = self._both(question)
        return z3.And([one == other for one, other in zip(less.variables, more.variables, strict=True)])

    def _all_same_but(self, question: str) -> list[Formula]:
        return [self._same(id) for id in self._less.answers if id != question]

    def _grows(self, question: str) -> Formula:
        """Both known, and the second shows more (or as much)."""
        less, more = self._both(question)
        kind, combining = less.question.kind, less.question.combining
        if kind in ("date", "text"):
            return z3.BoolVal(False)
        known = [less.known, more.known, less.partial == more.partial]
        if kind == "choices":
            known += [z3.Implies(less.ticked[option], more.ticked[option]) for option in less.ticked]
        elif kind == "number":
            first, second = (more, less) if combining == "lowest" else (less, more)
            known += [z3.Implies(first.reaches[bound], second.reaches[bound]) for bound in less.reaches]
        else:
            known.append(
                z3.Or(
                    [z3.And(less.values[low], more.values[high]) for low, high in self._ordered_pairs(less)]
                )
            )
        return z3.And(known)

    def _ordered_pairs(self, answer: OpenAnswer) -> Iterator[tuple[str, str]]:
        """Pairs of answers of which the second shows more."""
        question, values = answer.question, list(answer.values)
        if question.kind == "yes_no":
            yield "no", "yes"
        elif question.combining == "latest":
            named = self._named.get(question.id, ())
            yield from ((low, high) for low in values if low not in named for high in named)
        else:
            upwards = values if question.combining == "highest" else values[::-1]
            yield from ((low, high) for place, low in enumerate(upwards) for high in upwards[place + 1 :])

    def _settles(self, question: str) -> Formula:
        """The first is unknown, the second a sign that was asked for."""
        less, more = self._both(question)
        kind, combining = more.question.kind, more.question.combining
        if kind == "yes_no":
            sign = more.values["yes"]
        elif kind == "choices":
            sign = z3.Or([more.ticked[option] for option in self._named.get(question, ())])
        elif kind == "number":
            wanted = combining != "lowest"
            sign = z3.And(more.known, *(reached == wanted for reached in more.reaches.values()))
        elif kind == "choice" and combining != "latest":
            sign = list(more.values.values())[-1 if combining == "highest" else 0]
        else:
            sign = z3.Or([more.values[option] for option in self._named.get(question, ())])
        return z3.And(z3.Not(less.known), sign)

    # ---- telling a counterexample ----------------------------------------------------------------

    def _fault(self, question: str, bound: str, falls: Formula, step: Formula) -> Fault:
        self._solver.push()
        self._solver.add(falls, step, *self._all_same_but(question))
        needed = self._fewest_answers(question)
        self._solver.check()
        model = self._solver.model()
        less, more = (_told(each, model) for each in self._both(question))
        self._solver.pop()
        if less == more:  # one of several sources was unsure, or a number lies on another side of a bound
            less, more = f"{less} (shows less)", f"{more} (shows more)"
        others = ", ".join(f"{each} = {told}" for each, told in needed) or "nothing else answered"
        which = "lowest" if bound == "at_least" else "highest"
        message = (
            f"an answer to '{question}' that shows more lowers concern: "
            f"from {less} to {more} the {which} level falls (with {others})"
        )
        fix = "take the answer out from under 'not' or 'applies_when', or test the answer at the end that shows more"
        origin, _ = self._index.ids["question"][question]
        return origin.fault("E304", message, fix)

    def _fewest_answers(self, question: str) -> list[tuple[str, str]]:
        """Leave unanswered, one by one, whatever the counterexample does not need; tell the rest."""
        for id, answer in self._less.answers.items():
            if id != question and self._search(answer.unknowns[UNANSWERED]):
                self._solver.add(answer.unknowns[UNANSWERED])
        self._solver.check()
        model = self._solver.model()
        told = [(id, _told(each, model)) for id, each in self._less.answers.items() if id != question]
        return [(id, answer) for id, answer in told if answer != UNANSWERED]


def _asked_before(rulebook: Rulebook, question: str) -> Iterator[str]:
    """The questions on which it depends whether a question applies, near and far."""
    applies_when = rulebook.questions[question].applies_when
    if applies_when is not None:
        for node in every_node(applies_when):
            named = question_of(node)
            if named is not None:
                yield named
                yield from _asked_before(rulebook, named)


def _named_options(rulebook: Rulebook) -> dict[str, Sequence[str]]:
    """Question → those of its options that a condition behind the level names."""
    found: dict[str, dict[str, None]] = {}
    for condition in conditions_behind_level(rulebook):
        for node in every_node(condition):
            if isinstance(node, AnswerIs | Includes):
                known = rulebook.questions[node.question].option_labels
                options = node.values if isinstance(node, AnswerIs) else node.options
                found.setdefault(node.question, {}).update(
                    dict.fromkeys(each for each in options if each in known)
                )
    return {question: tuple(options) for question, options in found.items()}


def _told(answer: OpenAnswer, model: Formula) -> str:
    """An answer of a counterexample in a word or two."""

    def holds(formula: Formula) -> bool:
        return bool(z3.is_true(model.eval(formula, model_completion=True)))

    for word, formula in (*answer.unknowns.items(), *answer.values.items()):
        if holds(formula):
            return word
    if answer.question.kind == "choices":
        ticked = [option for option, formula in answer.ticked.items() if holds(formula)]
        return f"[{', '.join(ticked)}]"
    reached = [bound for bound, formula in answer.reaches.items() if holds(formula)]
    missed = [bound for bound, formula in answer.reaches.items() if not holds(formula)]
    sides = [f"{max(reached)} or more"] if reached else []
    return " and ".join([*sides, *([f"below {min(missed)}"] if missed else [])]) or "an answer"
