"""Changes of columns made by a verb, collected from the session's flushes for the journal."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import InstanceState, Session

from portal.core.db import Words

Columns = dict[str, list[Any]]  # values of columns by row, before and after


class Changes:
    """The changed columns of the rows that a unit of work flushes. A column changed twice keeps its
    first "before".

    A model's `__journal__` lists the columns to keep. Without changes in them only the row's key is
    kept; a table with None is ignored. Statements that bypass the session (a bulk UPDATE) are not
    seen: a verb notes them with `work.note`.
    """

    def __init__(self) -> None:
        self._rows: dict[str, Columns] = {}
        self._touched: set[str] = set()  # rows that are recorded without columns

    def as_json(self) -> dict[str, Any]:
        """The changes for the journal, without rows that ended as they began."""
        rows = {
            row: {column: pair for column, pair in columns.items() if pair[0] != pair[1]}
            for row, columns in self._rows.items()
        }
        return {row: columns for row, columns in rows.items() if columns or row in self._touched}

    def before_flush(self, session: Session) -> None:
        """Collect old and new values of changed and deleted rows."""
        for row in filter(_is_kept, session.deleted):
            kept = self._columns_of(row, touched=True)
            for column in type(row).__journal__:
                _keep(kept, column, _held(session, row, column), None)
        for row in filter(_is_kept, session.dirty):
            self._changed(session, row)

    def after_flush(self, session: Session) -> None:
        """Collect the values of new rows, with defaults set by the flush."""
        for row in filter(_is_kept, session.new):
            state, kept = _state(row), self._columns_of(row, touched=True)
            for column in type(row).__journal__:
                _keep(kept, column, None, state.dict.get(column))

    def _changed(self, session: Session, row: Any) -> None:
        state, listed = _state(row), type(row).__journal__
        columns = state.mapper.column_attrs.keys() & state.committed_state.keys()
        changed = {column for column in columns if state.attrs[column].history.has_changes()}
        if not changed:
            return
        kept = self._columns_of(row, touched=not changed & set(listed))
        for column in listed:
            if column in changed:
                added = state.attrs[column].history.added
                _keep(kept, column, _held(session, row, column), added[0] if added else None)

    def _columns_of(self, row: Any, *, touched: bool) -> Columns:
        key = "/".join(map(str, _state(row).mapper.primary_key_from_instance(row)))
        name = f"{row.__tablename__}:{key}"
        if touched:
            self._touched.add(name)
        return self._rows.setdefault(name, {})


def _is_kept(row: Any) -> bool:
    return type(row).__journal__ is not None


def _keep(columns: Columns, column: str, before: Any, after: Any) -> None:
    first = columns[column][0] if column in columns else plain(before)
    columns[column] = [first, plain(after)]


@event.listens_for(Session, "before_flush")
def _before_flush(session: Session, *_: object) -> None:
    if work := session.info.get("work"):
        work.changes.before_flush(session)


@event.listens_for(Session, "after_flush")
def _after_flush(session: Session, *_: object) -> None:
    if work := session.info.get("work"):
        work.changes.after_flush(session)


def _state(row: Any) -> InstanceState[Any]:
    state: InstanceState[Any] = inspect(row)
    return state


def _held(session: Session, row: Any, column: str) -> Any:
    """A column's old value, from memory or else from the database."""
    state = _state(row)
    history = state.attrs[column].history
    if history.deleted:
        return history.deleted[0]
    if history.unchanged:
        return history.unchanged[0]
    keys = zip(state.mapper.primary_key, state.identity or (), strict=True)
    return session.scalar(
        select(state.mapper.columns[column]).where(*(key == value for key, value in keys))
    )


EXACT = 2**53  # larger numbers are not exact in JSON, and canonical JSON refuses them


def plain(value: Any) -> Any:
    """A value that JSON holds exactly: text, lists and whole numbers as they are, others as
    text."""
    match value:
        case None | bool() | str():
            return value
        case int() if abs(value) < EXACT:
            return value
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set():
            return [plain(item) for item in value]
        case Words():
            return value.to_json()
        case datetime() | date():
            return value.isoformat()
    return str(value)
