"""Ranking: from submitted sheets to places, thresholds, ties and what still blocks a decision."""
