"""Whether a device has memory left, and giving back what is not used."""

import gc

import torch

# How allocators without an exception class of their own put it.
_WORDS = ("out of memory", "not enough memory", "can't allocate memory")


def ran_out(fault: BaseException) -> bool:
    """Say whether a fault means that memory ran out, on whatever device."""
    if isinstance(fault, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(fault, RuntimeError) and any(words in str(fault).lower() for words in _WORDS)


def free() -> None:
    """Give back what nobody uses."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
