"""Values that change whenever any of some rows does, for the pages that are made of them.

PostgreSQL keeps with every row which transaction wrote it (`xmin`). How many rows there are and the
sum of those numbers change with every row that is added, rewritten or removed, whoever does it.
"""

from typing import Any

from sqlalchemy import BigInteger, Select, Text, cast, column, func, select

from portal.core.db import Base


def grown(kind: type[Base]) -> Select[Any]:
    """The number of rows of a table and the sum of the transactions that wrote them, as a text.

    Narrow it to the rows in question with `where`.
    """
    written = cast(cast(column("xmin", _selectable=kind.__table__), Text), BigInteger)
    return select(func.concat_ws("/", func.count(), func.sum(written))).select_from(kind)
