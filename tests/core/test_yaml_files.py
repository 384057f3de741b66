"""What is dangerous or deceptive in YAML is refused, each with its own code, line and words."""

import pytest
from tiny_rulebook import INDICATORS, files_with

from screening.core.loading import RulebookFaults, load_files
from screening.core.yaml_files import DEEPEST, LARGEST_FILE, YamlFault, read_yaml


def fault_of(content: str | bytes) -> YamlFault:
    with pytest.raises(YamlFault) as caught:
        read_yaml("any.yaml", content.encode() if isinstance(content, str) else content)
    return caught.value


@pytest.mark.parametrize(
    ("content", "line", "code", "message"),
    [
        (b"a: 1\nb: \xe9\n", 2, "E100", "not UTF-8"),
        ("a: 1\n".encode("utf-16"), 1, "E100", "not UTF-8"),
        ("a: 1\nb: [1, 2\nc: 3\n", 3, "E101", "cannot be read"),
        ("a: b: c\n", 1, "E101", "cannot be read"),
        ("a: 'never closed\n", 2, "E101", "cannot be read"),
        ("a:\n\tb: 1\n", 2, "E101", "a tab stands before"),
        ("a:\n  - b\n\t- c\n", 3, "E101", "a tab stands before"),
        ("a: 1\n---\nb: 2\n", 2, "E101", "another document"),
        ("a: 1\n? [b, c]\n: d\n", 2, "E101", "a key is a list"),
        ("a: 1\nb:\n  c: 2\n  c: 3\n", 4, "E102", "'c' stands twice"),
        ("a: 1\n'a': 2\n", 2, "E102", "'a' stands twice"),
        ("a: &x [1]\nb: 2\n", 1, "E103", "'x' is an anchor"),
        ("a: &x [1]\nb: *x\n", 1, "E103", "'x' is an anchor"),
        ("a: &a [*a]\n", 1, "E103", "'a' is an anchor"),
        (b"a: 1\n" + b"#" * LARGEST_FILE, 1, "E104", "1,000,005 bytes"),
        ("a: " + "[" * 300_000, 1, "E105", "more than 40 deep"),
        ("- " * 300_000, 1, "E105", "more than 40 deep"),
        (
            "\n".join(" " * depth + "a:" for depth in range(DEEPEST + 5)),
            DEEPEST + 1,
            "E105",
            "more than 40 deep",
        ),
        ("a: 1\nb: x\x07y\n", 2, "E106", "U+0007"),
        ("a: 1\nb: x\u200by\n", 2, "E106", "U+200B"),
        ("a: 1\nb: x\u202ey\n", 2, "E106", "U+202E"),
        ("a: x\u2028b: y\n", 1, "E106", "U+2028"),
        ("a: 1\nb: \x00\n", 2, "E106", "U+0000"),
        ("\ufeffa: 1\n", 1, "E107", "byte order mark"),
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", 2, "E109", "is a tag"),
        ("a: !important now\n", 1, "E109", "is a tag"),
    ],
    ids=lambda value: ascii(value[:24]) if isinstance(value, str | bytes) else None,
)
def test_a_danger_is_named(content: str | bytes, line: int, code: str, message: str) -> None:
    fault = fault_of(content)
    assert (fault.line, fault.code) == (line, code)
    assert message in fault.message
    assert fault.fix


def test_words_stay_words() -> None:
    """The classic trap: in older YAML the country code of Norway is read as false."""
    content = b"a: no\nb: NO\nc: yes\nd: on\ne: off\nf: y\ng: 2026-11-24\nh: 12:30:00\ni: 1_000\nj: 0o7x\n"
    data = read_yaml("any.yaml", content).data
    assert data == {
        "a": "no", "b": "NO", "c": "yes", "d": "on", "e": "off", "f": "y", "g": "2026-11-24",
        "h": "12:30:00", "i": "1_000", "j": "0o7x",
    }  # fmt: skip


def test_only_true_and_false_are_truths() -> None:
    assert read_yaml("any.yaml", b"a: true\nb: False\nc: 'true'\n").data == {
        "a": True,
        "b": False,
        "c": "true",
    }


def test_a_merge_key_is_a_key_like_any_other() -> None:
    assert read_yaml("any.yaml", b"<<: {a: 1}\n").data == {"<<": {"a": 1}}


@pytest.mark.parametrize("content", [b"", b"# only a comment\n", b"---\n", b"\n\n"])
def test_an_empty_file_is_nothing(content: bytes) -> None:
    assert read_yaml("any.yaml", content).data is None


def test_line_ends_of_windows_and_tabs_inside_text_are_fine() -> None:
    file = read_yaml("any.yaml", b"a: x\r\nb: 'y\tz'\r\nc:\t3\r\n")
    assert file.data == {"a": "x", "b": "y\tz", "c": 3}
    assert file.line_of(("c",)) == 3


@pytest.mark.parametrize(("old", "new"), [("{b: yes}", "{b: true}"), ("label: Sign", "label: false")])
def test_a_truth_where_a_word_belongs_is_named(old: str, new: str) -> None:
    """An editor's habit from other YAML: true for yes."""
    changed = INDICATORS.replace(old, new)
    with pytest.raises(RulebookFaults) as caught:
        load_files(files_with({"indicators/01_first.yaml": changed}))
    fault = caught.value.faults[0]
    assert fault.code in ("E115", "E120")
    assert new in changed.splitlines()[fault.line - 1]
    assert "True" in fault.message or "False" in fault.fix
