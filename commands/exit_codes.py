"""What a command ends with, and the end of its help, which says so."""

from __future__ import annotations

DONE, FAILED, WRONG_USE, NEEDS_A_PERSON = 0, 1, 2, 3
EXIT = """\b
Exit status:
  0  done
  1  failed
  2  wrong usage or settings
  3  done, but something needs a person
"""
