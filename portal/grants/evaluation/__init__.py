"""Eligibility, committee, conflicts, score sheets, ranking, minutes."""
