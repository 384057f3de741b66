"""The floor: the least a Flask page of this kind can cost.

One sealed draft, ten radio groups; no rules, no journal chain, no accounts.

It loads a draft, opens it, renders ten questions; a post validates them, seals the merged draft and writes it with an audit row
in one transaction on SQLite with ``synchronous=FULL``, as the application does.
"""

import json
import os
from pathlib import Path

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import generate_csrf
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

QUESTIONS = [f"question_{number}" for number in range(10)]
ANSWERS = ("yes", "no", "unsure", "not_asked")
PAGE = """
{%- macro row(field) -%}
<fieldset><legend>{{ field.label.text }}</legend>{% for value in values %}<label>
<input type="radio" name="{{ field.name }}" value="{{ value }}"{% if field.data == value %} checked{% endif %}>{{ value }}</label>
{% endfor %}</fieldset>
{%- endmacro -%}
<!doctype html><html lang="en"><head><title>Floor</title></head><body><h1>Floor</h1><form method="post">
<input type="hidden" name="csrf_token" value="{{ csrf_token() }}">{% for field in fields %}{{ row(field) }}{% endfor %}
<button>Save</button></form></body></html>
"""
metadata = sa.MetaData()
drafts = sa.Table(
    "drafts", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("sealed", sa.LargeBinary)
)
audit = sa.Table(
    "audit", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("action", sa.Text)
)


class Draft(FlaskForm):
    """Ten radio groups."""


for question in QUESTIONS:
    choices = [SelectChoice(value, value) for value in ANSWERS]
    setattr(Draft, question, RadioField(question.replace("_", " "), choices=choices, validators=[Optional()]))


def floor_app(folder: Path) -> Flask:
    """The floor over a fresh SQLite file in ``folder``."""
    app = Flask("floor")
    app.config.update(SECRET_KEY=os.urandom(32), WTF_CSRF_CHECK_DEFAULT=True)
    CSRFProtect(app)
    engine = sa.create_engine(f"sqlite:///{folder / 'floor.sqlite'}")

    @sa.event.listens_for(engine, "connect")
    def _settings(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    metadata.create_all(engine)
    sealer = AESGCM(AESGCM.generate_key(256))

    def seal(answers: dict[str, str]) -> bytes:
        nonce = os.urandom(12)
        return nonce + sealer.encrypt(nonce, json.dumps(answers).encode(), b"draft")

    def opened(sealed: bytes) -> dict[str, str]:
        answers: dict[str, str] = json.loads(sealer.decrypt(sealed[:12], sealed[12:], b"draft"))
        return answers

    with engine.begin() as connection:
        connection.execute(sa.insert(drafts).values(id=1, sealed=seal({})))

    page = app.jinja_env.from_string(PAGE)  # compiled once, as a template file would be

    @app.get("/")
    def show() -> ResponseReturnValue:
        with engine.connect() as connection:
            sealed = connection.execute(sa.select(drafts.c.sealed).where(drafts.c.id == 1)).scalar_one()
        form = Draft(data=opened(sealed))
        return page.render(
            fields=[form[question] for question in QUESTIONS], values=ANSWERS, csrf_token=generate_csrf
        )

    @app.post("/")
    def save() -> ResponseReturnValue:
        form = Draft(request.form)
        if not form.validate():
            return "invalid", 422
        with engine.begin() as connection:
            sealed = connection.execute(sa.select(drafts.c.sealed).where(drafts.c.id == 1)).scalar_one()
            answers = opened(sealed) | {
                question: form[question].data for question in QUESTIONS if form[question].data
            }
            connection.execute(sa.update(drafts).where(drafts.c.id == 1).values(sealed=seal(answers)))
            connection.execute(sa.insert(audit).values(action="saved"))
        return redirect("/", 303)

    return app
