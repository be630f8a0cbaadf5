"""Answers to a form, saved per question while several people write."""
