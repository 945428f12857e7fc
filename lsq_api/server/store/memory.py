"""How much memory the engine may use; what needs more sorts and joins on disk."""

import os
from typing import Final

ANSWERING: Final = 2 * 1024**3
"""Bytes for a server's answers at most."""
MAKING: Final = 4 * 1024**3
"""Bytes for making a store at most."""


def setting(most: int) -> str:
    """The engine's `memory_limit`: at most so many bytes, and never more than three quarters of the machine's."""
    return f"{min(most, os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') * 3 // 4)}B"
