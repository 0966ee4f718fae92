"""Pictures come and go in megabytes; the C library is told to give their memory back at once.

glibc serves blocks above a limit from mappings of their own, which vanish when freed, but raises
that limit to the largest block it ever saw: after the first card every picture came from the heap,
which then held 20 MB more for the rest of the day. Setting the limit keeps it where it is.
"""

from __future__ import annotations

import ctypes
import sys

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # glibc's malloc.h
LIMIT = 256 * 1024


def give_back_large_blocks() -> bool:
    """Fix the limits; False where the C library isn't glibc and knows no such thing."""
    if sys.platform != "linux":
        return False
    try:
        library = ctypes.CDLL("libc.so.6")
    except OSError:
        return False
    return bool(
        library.mallopt(M_MMAP_THRESHOLD, LIMIT) and library.mallopt(M_TRIM_THRESHOLD, LIMIT)
    )
