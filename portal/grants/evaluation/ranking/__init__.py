"""Ranking: from submitted sheets to places, thresholds, ties and blockers of a decision."""
