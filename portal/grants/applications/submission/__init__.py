"""Checking, submitting and withdrawing an application; its receipt."""
