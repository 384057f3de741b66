"""The agency's unmet need, counted: the page for those who decide about money and beds, and the same as a file."""

import csv
import io
from collections.abc import Iterator
from datetime import date

from flask import Blueprint, Response, abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.operations.actors import ALLOWED, Role, Verb
from screening.operations.unmet_need import (
    MOST_MONTHS,
    CountedPeriod,
    CountOrder,
    CountRefused,
    count_unmet,
    first_month,
)
from screening.web.access import allow
from screening.web.services import services
from screening.web.spoken import translate
from screening.web.unmet_need_report_views import (
    CHART,
    ReportView,
    counting_order,
    csv_rows,
    month_in_words,
    place_lines,
)

pages = Blueprint("unmet_need_report_pages", __name__)

_COUNTERS = tuple(role for role in Role if Verb.COUNT_UNMET_NEED in ALLOWED[role])
_USUAL_MONTHS = 12
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pages.get("/unmet-need")
@allow(*_COUNTERS)
def report() -> ResponseReturnValue:
    """The report of some months; of the last twelve unless the address says otherwise."""
    rulebook = services().rulebook_of(g.actor)
    order = counting_order(rulebook, "page")
    first, last = _period()
    fault, status = "", 200
    found: CountedPeriod | None = None
    if order is not None:
        try:
            found = _counted(first, last, order)
        except CountRefused as refusal:
            fault, status = translate(str(refusal)), 422
    view = None if found is None else ReportView(rulebook, found)
    page = render_template(
        "unmet_need/report.html",
        view=view,
        order=order,
        chart=CHART,
        fault=fault,
        first=f"{first:%Y-%m}",
        last=f"{last:%Y-%m}",
        months=[(f"{month:%Y-%m}", month_in_words(month)) for month in _offered()],
        place_lines=[] if view is None else place_lines(view),
        csv_address=f"{url_for('.report_csv')}?from={first:%Y-%m}&to={last:%Y-%m}",
    )
    return page, status


@pages.get("/unmet-need.csv")
@allow(*_COUNTERS)
def report_csv() -> ResponseReturnValue:
    """The same numbers as a file for a table program."""
    rulebook = services().rulebook_of(g.actor)
    order = counting_order(rulebook, "csv")
    if order is None:
        abort(404)
    first, last = _period()
    view = ReportView(rulebook, _counted(first, last, order))
    name = f"unmet-need-{first:%Y-%m}-to-{last:%Y-%m}.csv"
    # The rows are worded while the request is here; the sheet is small, whatever was counted.
    return Response(
        csv_lines([*csv_rows(view)]),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def csv_lines(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """The file, row by row. A cell that a table program would take for a formula begins with an apostrophe."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(_BEGINS_A_FORMULA) else cell for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _counted(first: date, last: date, order: CountOrder) -> CountedPeriod:
    with services().database.reading(g.actor) as tx:
        return count_unmet(tx, first, last, order)


def _period() -> tuple[date, date]:
    """The months asked for; what cannot be read is the usual: twelve months, or since the ledger began if that is later."""
    last = _month(request.args.get("to")) or _offered()[0]
    first = _month(request.args.get("from"))
    if first is None:
        here = services()
        with here.database.reading(g.actor) as tx:
            began = first_month(tx, here.timezone)
        usual = _back(last, _USUAL_MONTHS - 1)
        first = usual if began is None else min(max(usual, began), last)
    return first, last


def _month(typed: str | None) -> date | None:
    try:
        return date.fromisoformat(f"{typed}-01")
    except ValueError:
        return None


def _offered() -> list[date]:
    """The months that are over, the latest first."""
    this = services().today().replace(day=1)
    return [_back(this, number) for number in range(1, MOST_MONTHS + 1)]


def _back(month: date, number: int) -> date:
    place = month.year * 12 + month.month - 1 - number
    return date(place // 12, place % 12 + 1, 1)
