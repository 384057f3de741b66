"""No query can forget the agency: every way of asking is tried from the other agency and from nobody."""

import ast
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, delete, exists, func, insert, literal_column, select, text, union, update
from sqlalchemy.orm import aliased

from screening.operations.actors import Actor
from screening.operations.database import Database
from screening.operations.screenings import save_statements
from screening.store.faults import ScopeFault
from screening.store.models import (
    Agency,
    AgencyOwned,
    Base,
    JournalEntry,
    RulebookFiles,
    RulebookOffer,
    Screening,
    ShippedRulebook,
    StatementRow,
    User,
)
from screening.store.scope import ACROSS_AGENCIES, AcrossAgencies
from tests.store.two_agencies import TwoAgencies, opened_by, said

Other = aliased(Screening)
QUERIES: dict[str, Select[Any]] = {
    "rows": select(Screening),
    "columns": select(Screening.id),
    "statements": select(StatementRow.id),
    "count": select(Screening.id).group_by(Screening.id).having(func.count(Screening.id) > 0),
    "alias": select(Other.id),
    "join": select(StatementRow.id).join(Screening, Screening.id == StatementRow.screening_id),
    "outer join": select(Screening.id).outerjoin(StatementRow, StatementRow.screening_id == Screening.id),
    "other side of a join": select(Agency.id, Screening.id).join(Screening, Screening.agency_id == Agency.id),
    "two of a kind": select(Screening.id, Other.id).where(Screening.id == Other.id),
    "exists": select(Agency.id).where(exists(select(Screening.id).where(Screening.agency_id == Agency.id))),
    "in": select(Agency.id).where(Agency.id.in_(select(Screening.agency_id))),
    "subquery": select(select(Screening.id).subquery().c.id),
    "common table": select(select(StatementRow.id).cte().c.id),
    "entity of a subquery": select(aliased(Screening, select(Screening).subquery()).id),
    "ordered and limited": select(Screening.id).order_by(Screening.opened_at).limit(5).offset(0),
    "or": select(Screening.id).where((Screening.agency_id != "x") | (Screening.status == "open")),
    "journal": select(JournalEntry.sequence).where(JournalEntry.action == "statements.saved"),
}


@pytest.fixture
def screening_id(database: Database, agencies: TwoAgencies) -> str:
    screening_id = opened_by(database, agencies.intake)
    with database.writing(agencies.intake) as tx:
        save_statements(tx, screening_id, [said("injured_now", "yes")])
    return screening_id


def rows_seen(database: Database, actor: Actor | None, query: Select[Any]) -> int:
    with database.reading(actor) as tx:
        return len(tx.session.execute(query).all())


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_sees_its_own_agency_only(
    database: Database, agencies: TwoAgencies, screening_id: str, query: str
) -> None:
    seen = [
        rows_seen(database, actor, QUERIES[query]) for actor in (agencies.intake, agencies.elsewhere, None)
    ]

    assert seen[0] >= 1
    assert seen[1:] == [0, 0]


Kept = aliased(RulebookFiles)
KEPT_QUERIES: dict[str, Select[Any]] = {
    "rows": select(RulebookFiles),
    "columns": select(RulebookFiles.digest),
    "alias": select(Kept.digest),
    "join": select(ShippedRulebook.digest, RulebookFiles.files).join(
        RulebookFiles, RulebookFiles.version == "1"
    ),
    "subquery": select(select(RulebookFiles.digest).subquery().c.digest),
    "common table": select(select(RulebookFiles.files).cte().c.files),
    "ordered and limited": select(RulebookFiles.digest).order_by(RulebookFiles.version).limit(5),
    "or": select(RulebookFiles.digest).where(
        (RulebookFiles.version == "1") | (RulebookFiles.digest == "theirs")
    ),
}


@pytest.mark.parametrize("query", KEPT_QUERIES)
def test_a_kept_rulebook_is_seen_by_everybody_or_by_the_agency_it_was_offered(
    database: Database, agencies: TwoAgencies, query: str
) -> None:
    with database.writing(agencies.intake) as tx:
        kept = {"digest": "theirs", "version": "1", "published_at": tx.now, "files": b""}
        offer = {
            "agency_id": agencies.intake.agency_id,
            "digest": "theirs",
            "offered_by": agencies.intake.user_id,
            "offered_at": tx.now,
            "licensed_files": 1,
            "report": "{}",
        }
        tx.session.execute(insert(RulebookFiles), [kept])
        tx.session.execute(insert(RulebookOffer), [offer])

    seen = [
        rows_seen(database, actor, KEPT_QUERIES[query])
        for actor in (agencies.intake, agencies.elsewhere, None)
    ]
    assert seen == [2, 1, 1], "all see the one that shipped"


def test_counting_counts_its_own_agency_only(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    for query in (
        select(func.count(Screening.id)),
        select(func.count()).select_from(Screening),
        select(select(func.count(Screening.id)).scalar_subquery()),
    ):
        for actor, expected in ((agencies.intake, 1), (agencies.elsewhere, 0), (None, 0)):
            with database.reading(actor) as tx:
                assert tx.session.execute(query).scalar_one() == expected


def test_a_caller_cannot_name_another_agency_by_parameter(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    with database.reading(agencies.elsewhere) as tx:
        given = {"agency_of_the_session": agencies.intake.agency_id}
        assert tx.session.execute(select(Screening.id), given).all() == []


def test_a_statement_used_by_one_agency_shows_the_next_its_own(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    """Statements are kept compiled: what is kept must not carry an agency with it."""
    query = select(Screening.id)
    elsewhere = opened_by(database, agencies.elsewhere)

    for _ in range(3):
        for actor, expected in (
            (agencies.intake, [screening_id]),
            (agencies.elsewhere, [elsewhere]),
            (None, []),
        ):
            with database.reading(actor) as tx:
                assert tx.session.execute(query).scalars().all() == expected


def test_getting_by_key_finds_its_own_agency_only(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    for actor, found in ((agencies.intake, True), (agencies.elsewhere, False), (None, False)):
        with database.reading(actor) as tx:
            assert (tx.session.get(Screening, screening_id) is not None) is found


def test_updates_and_deletes_touch_its_own_agency_only(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    for actor in (agencies.elsewhere, None):
        with database.writing(actor) as tx:
            changes = (
                update(Screening).values(setting="x"),
                update(User).values(active=False),
                delete(Screening),
            )
            assert [tx.session.execute(change).rowcount for change in changes][::2] == [0, 0]
            assert tx.session.execute(delete(User).where(User.id == agencies.intake.user_id)).rowcount == 0
    with database.reading(agencies.intake) as tx:
        screening = tx.session.get(Screening, screening_id)
        assert screening is not None
        assert screening.setting == "detention"
        assert tx.session.execute(select(User.active).distinct()).scalars().all() == [True]


def test_an_update_with_returning_gives_its_own_agency_only(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    change = update(Screening).values(setting="x").returning(Screening.id)

    with database.writing(agencies.elsewhere) as tx:
        assert tx.session.execute(change).all() == []


def test_a_list_of_updates_by_key_is_refused(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    with pytest.raises(ScopeFault, match="by key"), database.writing(agencies.elsewhere) as tx:
        tx.session.execute(update(Screening), [{"id": screening_id, "setting": "x"}])


@pytest.mark.parametrize(
    "statement",
    [
        text("SELECT * FROM screenings"),
        select(literal_column("id")).select_from(text("screenings")),
        select(Screening.__table__),
        select(Base.metadata.tables["statements"].c.sealed),
        Screening.__table__.update().values(setting="x"),
        Screening.__table__.delete(),
        union(select(Screening.id), select(StatementRow.id)),
        select(Screening).from_statement(text("SELECT * FROM screenings")),
        union(select(Screening.id), select(StatementRow.id)).order_by("id"),
        select(Agency.id, Screening.id).join(Screening, Screening.agency_id == Agency.id, full=True),
    ],
    ids=lambda statement: type(statement).__name__,
)
def test_what_the_scope_cannot_reach_is_refused(
    database: Database, agencies: TwoAgencies, screening_id: str, statement: Any
) -> None:
    with pytest.raises(ScopeFault), database.writing(agencies.elsewhere) as tx:
        tx.session.execute(statement)


@pytest.mark.parametrize("whose", ["elsewhere", None])
def test_a_row_cannot_be_added_to_another_agency(
    database: Database, agencies: TwoAgencies, screening_id: str, whose: str | None
) -> None:
    actor = getattr(agencies, whose) if whose else None
    with database.reading(agencies.intake) as tx:
        row = tx.session.execute(select(User).where(User.id == agencies.intake.user_id)).scalar_one()
        columns = {column.key: getattr(row, column.key) for column in User.__table__.columns}
    columns |= {"id": "new", "username": "new"}

    for attempt in (
        lambda session: session.execute(insert(User), [columns]),
        lambda session: session.execute(insert(User), columns),
        lambda session: session.execute(insert(User).values(**columns)),
        lambda session: session.execute(insert(User).values([columns])),
        lambda session: (session.add(User(**columns)), session.flush()),
        lambda session: (session.merge(User(**columns)), session.flush()),
        lambda session: session.execute(insert(User).from_select(["id"], select(Agency.id))),
    ):
        with pytest.raises(ScopeFault), database.writing(actor) as tx:
            attempt(tx.session)


def test_reading_cannot_write(database: Database, agencies: TwoAgencies, screening_id: str) -> None:
    for attempt in (
        lambda session: session.execute(update(Screening).values(setting="x")),
        lambda session: session.execute(delete(StatementRow)),
        lambda session: session.execute(insert(Agency), [{}]),
        lambda session: (session.add(Agency(id="x")), session.flush()),
    ):
        with pytest.raises(ScopeFault), database.reading(agencies.intake) as tx:
            attempt(tx.session)


def test_looking_across_agencies_needs_a_listed_reason(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    for reason in ("sign_in", "because", True):
        with pytest.raises(ScopeFault), database.reading(agencies.elsewhere) as tx:
            tx.session.execute(select(User.id), execution_options={ACROSS_AGENCIES: reason})
    options = {ACROSS_AGENCIES: AcrossAgencies.SIGN_IN}
    with pytest.raises(ScopeFault), database.writing(agencies.elsewhere) as tx:
        tx.session.execute(update(User).values(active=False), execution_options=options)


def test_every_table_about_people_is_agency_owned() -> None:
    shared = {mapper.class_ for mapper in Base.registry.mappers if not issubclass(mapper.class_, AgencyOwned)}

    assert {each.__name__ for each in shared} == {
        "Agency",
        "RulebookFiles",
        "ShippedRulebook",
        "MasterKeyMark",
    }
    assert RulebookFiles in shared


def test_operations_use_no_way_around_the_scope() -> None:
    """Only the store speaks to connections and tables; only signing in and links for people outside look across agencies."""
    folder = Path(__file__).parents[2] / "screening" / "operations"
    across = {"accounts.py", "hand_offs/links.py", "beds/answering.py"}
    around: list[str] = []
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
                names = {alias.name for alias in node.names} & {"text", "literal_column", "TextClause"}
            elif isinstance(node, ast.Attribute | ast.Name):
                name = node.attr if isinstance(node, ast.Attribute) else node.id
                names = {name} & {"__table__", "from_statement", "exec_driver_sql"}
                if name == "tables" and getattr(getattr(node, "value", None), "attr", "") == "metadata":
                    names = {"metadata.tables"}
                names |= (
                    {name} & {"AcrossAgencies"}
                    if path.relative_to(folder).as_posix() not in across
                    else set()
                )
            else:
                continue
            around += [f"{path.name}:{getattr(node, 'lineno', 0)} {name}" for name in sorted(names)]

    assert not around
