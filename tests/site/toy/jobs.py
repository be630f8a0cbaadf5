"""What toys have to do later."""

from portal.core.jobs import jobs

wound: list[int] = []


@jobs.task(name="toys.wind")
def wind(*, turns: int) -> None:
    wound.append(turns)
