"""Scoring: score sheets, the chair's progress board, and the discussion."""
