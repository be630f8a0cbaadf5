"""Meetings: attendance, quorum, votes, and the minutes."""
