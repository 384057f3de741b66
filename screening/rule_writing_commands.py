"""``screening rules new-question``: asks for a question piece by piece, checks it, shows it, and writes it."""

import shlex
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import click

from screening.core.loading import read_rule_files
from screening.core.rule_authoring import (
    QuestionDraft,
    WrittenQuestion,
    grade_problem,
    id_problem,
    section_problem,
    write_question,
)
from screening.core.rule_files import did_you_mean, parse_files
from screening.core.rule_index import Index, index_of
from screening.core.rulebook import Kind, Way
from screening.rule_commands import fail, loaded, placed, rules_option

_KINDS: tuple[str, ...] = get_args(Kind)
_WAYS: tuple[str, ...] = get_args(Way)
Problem = Callable[[str], str | None]


@click.command("new-question")
@rules_option
@click.option("--section", help="Id of the section it goes to.")
@click.option("--id", help="Its id, for ever: small letters, digits, underscores.")
@click.option("--kind", help=f"One of: {', '.join(_KINDS)}.")
@click.option("--text", help="What staff read.")
@click.option("--way", "ways", multiple=True, help=f"Who can know, the usual one first: {', '.join(_WAYS)}.")
@click.option("--youth-text", help="What the youth hears; with the way 'ask'.")
@click.option("--ask-like", multiple=True, help="A gentler way to put it; can be given several times.")
@click.option("--why", help="Who uses the answer, and for what.")
@click.option("--hint", help="A note to staff.")
@click.option("--option", "options", multiple=True, help="id=label; once for each option.")
@click.option("--least", type=int, help="The lowest number.")
@click.option("--most", type=int, help="The highest number.")
@click.option("--unit", help="What the number counts: times, days, years.")
@click.option("--combine", help="Which of several numbers counts: highest, lowest, latest.")
@click.option("--applies-when", help="A condition on earlier questions: '{has_phone: yes}'.")
@click.option(
    "--setting", "settings", multiple=True, help="Only for this setting; can be given several times."
)
@click.option("--sensitive", is_flag=True, help="Handled with special care on the page.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before writing.")
def command(folder: Path, dry_run: bool, yes: bool, **given: Any) -> None:
    """Write a new question into the file of its section.

    Whatever is not given as an option is asked for. What does not fit is said at once and asked for again; nothing is
    written before the whole rulebook has been checked with it.
    """
    loaded(folder)
    files = read_rule_files(folder)
    index = index_of(parse_files(files)[0])
    answers = {key: value for key, value in given.items() if value not in (None, (), False)}
    try:
        _ask_what_is_missing(index, answers)
        written = write_question(index, files, _draft(answers))
        _show(folder, written, answers)
        if dry_run:
            click.echo("Nothing was written.")
            return
        if not yes and not click.confirm(f"Write this into {written.file}?", default=True):
            raise click.Abort
    except click.Abort:
        click.echo(f"\nNothing was written. To go on from here:\n{_again(answers)}", err=True)
        raise
    _write(folder / written.file, files[written.file], written.content)
    _tell_what_is_needed(index, answers, written)


# ---- asking -----------------------------------------------------------------------------------


def _ask_what_is_missing(index: Index, answers: dict[str, Any]) -> None:
    """Fill ``answers``: what was given is checked, what was not is asked for.

    What may be left out is asked for only where something else has to be asked for as well.
    """
    complete = {"section", "id", "kind", "text", "ways", "why"} <= set(answers)
    sections = list(index.ids["section"])
    _one(answers, "section", f"Section ({', '.join(sections)})", lambda word: section_problem(index, word))
    _one(answers, "id", "Id", lambda word: id_problem(index, word))
    _one(answers, "kind", f"Kind ({', '.join(_KINDS)})", _one_of("kind", _KINDS))
    _one(answers, "text", "Text for staff", _not_empty)
    _ways(answers)
    if "ask" in answers["ways"]:
        _one(answers, "youth_text", "Text for the youth", grade_problem)
        if "ask_like" in answers or not complete:
            _several(
                answers, "ask_like", "A gentler way to ask (Enter for no more)", grade_problem, at_least=0
            )
    if answers["kind"] in ("choice", "choices"):
        _several(answers, "options", "Option as id=label (Enter for no more)", _option_problem, at_least=1)
    if answers["kind"] == "number":
        _number(answers, "least", "Lowest number", None)
        _number(answers, "most", "Highest number", answers["least"])
    _one(answers, "why", "Why it is asked: who uses the answer, and for what", _not_empty)


def _one(answers: dict[str, Any], key: str, label: str, problem: Problem) -> None:
    """One text. A given one that does not fit is told, and asked for again."""
    while True:
        if key not in answers:
            answers[key] = click.prompt(label, default="", show_default=False).strip()
        told = problem(answers[key]) if answers[key].strip() else "this is needed"
        if told is None:
            return
        del answers[key]
        click.echo(f"  {told}", err=True)


def _several(answers: dict[str, Any], key: str, label: str, problem: Problem, *, at_least: int) -> None:
    """Several texts, until an empty one; with any given as options, those are all."""
    asking = key not in answers
    held: list[str] = []
    waiting = list(answers.pop(key, ()))
    while waiting or asking or len(held) < at_least:
        text = waiting.pop(0) if waiting else click.prompt(label, default="", show_default=False).strip()
        told = problem(text) if text else None
        if told is not None:
            click.echo(f"  {told}: {text}", err=True)
            asking = True
        elif text:
            held.append(text)
            answers[key] = tuple(held)
        elif len(held) >= at_least:
            return
        else:
            click.echo("  this is needed", err=True)


def _ways(answers: dict[str, Any]) -> None:
    """The ways, given one by one or, asked for, in one line."""
    answers["ways"] = " ".join(answers.get("ways", ()))
    if not answers["ways"]:
        del answers["ways"]
    label = f"Ways, the usual one first ({', '.join(_WAYS)})"
    check = _one_of("way", _WAYS)
    _one(
        answers,
        "ways",
        label,
        lambda line: next((told for word in _split(line) if (told := check(word))), None),
    )
    answers["ways"] = tuple(dict.fromkeys(_split(answers["ways"])))


def _split(line: str) -> list[str]:
    return line.replace(",", " ").split()


def _number(answers: dict[str, Any], key: str, label: str, above: int | None) -> None:
    while True:
        if key not in answers:
            answers[key] = click.prompt(label, type=int)
        if above is None or answers[key] >= above:
            return
        click.echo(f"  {answers.pop(key)} is below the lowest number, {above}", err=True)


def _not_empty(_: str) -> str | None:
    return None


def _one_of(what: str, known: tuple[str, ...]) -> Problem:
    return lambda word: None if word in known else f"there is no {what} '{word}': {did_you_mean(word, known)}"


def _option_problem(text: str) -> str | None:
    id, equals, label = (part.strip() for part in text.partition("="))
    return None if id and equals and label else "write it as id=label, for example hotel_keys=Hotel keys"


# ---- showing and writing ----------------------------------------------------------------------


def _draft(answers: dict[str, Any]) -> QuestionDraft:
    options = tuple(
        (id.strip(), label.strip())
        for id, _, label in (each.partition("=") for each in answers.get("options", ()))
    )
    known = {field.name for field in fields(QuestionDraft)}
    chosen = {key: value for key, value in answers.items() if key in known}
    return QuestionDraft(**{**chosen, "options": options})


def _show(folder: Path, written: WrittenQuestion, answers: dict[str, Any]) -> None:
    click.echo(f"\n{written.block}")
    if written.faults:
        for fault in written.faults:
            click.echo(str(placed(folder, fault)), err=True)
        fail(f"Nothing was written. Mend what is named above, for example in this line:\n{_again(answers)}")


def _again(answers: dict[str, Any]) -> str:
    """The command with everything that was given and asked for so far."""
    words = ["screening", "rules", "new-question"]
    names = {"ways": "way", "options": "option", "settings": "setting"}
    for key, value in answers.items():
        name = f"--{names.get(key, key).replace('_', '-')}"
        if value is True:
            words.append(name)
        else:
            for each in value if isinstance(value, tuple) else (value,):
                words += [name, str(each)]
    return shlex.join(words)


def _write(path: Path, read: bytes, content: bytes) -> None:
    """Replace the file at one stroke, unless somebody changed it while questions were answered."""
    if path.read_bytes() != read:
        fail(f"{path} was changed in the meantime. Nothing was written; start again.")
    aside = path.with_suffix(".new")
    try:
        aside.write_bytes(content)
        aside.chmod(path.stat().st_mode)
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        fail(f"{path} cannot be written: {error.strerror}")


def _tell_what_is_needed(index: Index, answers: dict[str, Any], written: WrittenQuestion) -> None:
    id, kind = answers["id"], answers["kind"]
    click.echo(f"The question '{id}' stands in {written.file}.")
    if kind != "text":
        test = {"yes_no": "yes", "number": "{at_least: 1}", "choices": "{includes: OPTION}"}.get(
            kind, "OPTION"
        )
        folders = sorted({origin.file.name for origin, _ in index.all("category")})
        click.echo(
            f"Now needed, or 'screening rules check' will say that nothing uses it:\n"
            f"  - an indicator, need or action that rests on it, with its sources: when: {{{id}: {test}}}\n"
            f"    (indicators: {folders[0]} and its neighbors)\n"
            f"  - a mock case in cases/ in which it counts, and one in which it does not"
        )
    if "youth_text" in answers:
        click.echo(
            "A youth hears it, so it also needs its Spanish beside the English: youth_spanish, and spanish with each option."
        )
    click.echo(
        "Then run 'screening rules check' and 'screening rules test', and raise the version in rulebook.yaml."
    )
