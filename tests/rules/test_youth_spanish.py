"""Everything a youth hears is there in Spanish too, one for one; what is missing is found (E311)."""

from pathlib import Path

import pytest

from screening.core.loading import load_files, read_rule_files
from screening.core.rule_explaining import explain
from screening.core.rule_files import Fault, parse_files
from screening.core.rule_index import index_of
from screening.core.rule_proofs_upkeep import upkeep_faults
from screening.core.rule_texts import texts_of
from screening.core.yaml_files import read_yaml

FILES = read_rule_files(Path(__file__).parents[2] / "rules")
RULEBOOK = load_files(FILES)
ASKED = [question for question in RULEBOOK.questions.values() if question.youth_text]


def missing(file: str, old: str, new: str, renamed: str | None = None) -> list[Fault]:
    text = FILES[file].decode()
    assert text.count(old) == 1
    changed = {name: content for name, content in FILES.items() if name != file}
    changed[renamed or file] = text.replace(old, new).encode()
    faults = upkeep_faults(load_files(changed), index_of(parse_files(changed)[0]))
    return [fault for fault in faults if fault.code == "E311"]


def test_every_question_to_a_youth_is_in_spanish() -> None:
    counties = {county.id for county in RULEBOOK.about.counties}
    assert len(ASKED) >= 30
    for question in ASKED:
        assert question.youth_spanish
        assert len(question.ask_like) == len(question.ask_like_spanish), question.id
        assert all(option.spanish for option in question.options if option.id not in counties), question.id


def test_the_spanish_is_no_copy_and_asks_where_the_english_asks() -> None:
    for question in ASKED:
        assert question.youth_spanish != question.youth_text
        for english, spanish in zip(
            (question.youth_text, *question.ask_like),
            (question.youth_spanish, *question.ask_like_spanish),
            strict=True,
        ):
            assert spanish is not None
            assert spanish.count("¿") == spanish.count("?") >= 1, spanish
            assert ("?" in str(english)) == ("?" in spanish)


def test_a_youth_is_called_tu_throughout() -> None:
    said = [text for question in ASKED for text in (question.youth_spanish, *question.ask_like_spanish)]
    said += [line for notice in RULEBOOK.about.rights_notices for line in notice.spanish or ()]
    assert not [text for text in said if "usted" in str(text).lower()]


def test_each_line_of_a_rights_notice_that_is_heard_is_in_spanish() -> None:
    for notice in RULEBOOK.about.rights_notices:
        assert len(notice.spanish or ()) == len(notice.heard) >= 5, notice.jurisdiction


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("questions/02_who.yaml", "    youth_spanish: ¿Cuántos años tienes?\n", "", "'age'"),
        ("questions/11_needs.yaml", ", spanish: Un dentista", "", "'dentist'"),
        ("questions/11_needs.yaml", "    ask_like_spanish:\n      - ¿Quién no debe saber dónde duermes?\n", "", "1 ways"),
        ("rulebook.yaml", "      - Puedes pedir hablar primero con un abogado.\n", "", "'us_ks'"),
    ],
)  # fmt: skip
def test_what_is_missing_is_found_where_it_is_missing(file: str, old: str, new: str, named: str) -> None:
    (fault,) = missing(file, old, new)
    assert (fault.file, named in fault.message, bool(fault.fix)) == (file, True, True)
    assert fault.line > 1


def test_a_licensed_tool_may_be_in_english_only() -> None:
    file, spanish = "questions/02_who.yaml", "    youth_spanish: ¿Cuántos años tienes?\n"
    assert missing(file, spanish, "", renamed="licensed/questions/02_who.yaml") == []


def test_an_edition_without_spanish_can_be_loaded() -> None:
    file = "questions/02_who.yaml"
    kept = FILES[file].decode().replace("    youth_spanish: ¿Cuántos años tienes?\n", "")
    assert load_files({**FILES, file: kept.encode()}).questions["age"].youth_spanish is None


def test_translators_are_not_given_the_spanish() -> None:
    given = {
        text for name, content in FILES.items() for _, text in texts_of(read_yaml(f"rules/{name}", content))
    }
    for question in ASKED:
        assert not given & {question.youth_spanish, *question.ask_like_spanish, *question.spanish_options}
    for notice in RULEBOOK.about.rights_notices:
        assert not given & set(notice.spanish or ())


def test_an_explained_question_is_told_in_both_languages() -> None:
    index = index_of(parse_files(FILES)[0])
    for id in ("trusted_adult", "place_tonight"):
        question = RULEBOOK.questions[id]
        printed = "\n".join(line for each in explain(RULEBOOK, index, id) for line in each.lines())
        for text in (question.youth_text, question.youth_spanish, *question.ask_like_spanish):
            assert str(text) in printed
        assert all(text in printed for text in question.spanish_options)
