"""Allocation, decisions, reserve list, publication."""
