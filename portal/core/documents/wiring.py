"""Registers what stored files add to the application."""

from portal.core.documents.cli import files
from portal.core.stages import Stage

STAGE = Stage(name="documents", commands=(files,))
