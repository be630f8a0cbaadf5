"""What some rows are now, as a name: another name for every other set of rows or of what they say.

PostgreSQL never writes over a row: each change puts another version of it at a place of its own
(`ctid`) and notes which transaction wrote it (`xmin`). A place is given to somebody else only once
the version there is dead for everybody, so by a later transaction with another number: of the two
together there is one version, and there never is another. A lock changes neither, nor does what a
savepoint or a transaction gives up; to write all of a table anew (VACUUM FULL) changes places, and
pages are then made once more. (Numbers begin anew after four thousand million transactions.)

A sum of versions would not do: rows that leave a set and others that enter it can make it the same.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, column, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portal.core.db import Base


def row_versions(kind: type[Base]) -> Select[Any]:
    """Exactly which versions of a table's rows there are, as a digest; NULL where there are none.

    Narrow it to the rows in question with `where`.
    """
    place: ColumnElement[Any] = column("ctid", _selectable=kind.__table__)
    writer: ColumnElement[Any] = column("xmin", _selectable=kind.__table__)
    # "(0,1)742": a place ends in a bracket and a number does not, so nothing has to part them.
    version = cast(place, Text).concat(cast(writer, Text))
    versions = func.string_agg(version, aggregate_order_by(literal_column("''"), place))
    # Not md5, which a server that goes by FIPS does not have.
    return select(func.sha256(func.convert_to(versions, "UTF8"))).select_from(kind)


def together(*parts: Select[Any]) -> Select[Any]:
    """One query of several `row_versions`, with when the server was started.

    A database that is restored may count transactions over again; its server has started anew.
    """
    return select(func.pg_postmaster_start_time(), *(part.scalar_subquery() for part in parts))
