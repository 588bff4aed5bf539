"""Runs a program in place of this process, with limits: ``-m index.readers.limited NAME …``."""

import contextlib
import os
import resource
import shutil
import sys

MEMORY_BYTES = 1024**3
CPU_SECONDS = 120
FILE_BYTES = 128 * 1024 * 1024


def main(arguments: list[str]) -> None:
    """Set the limits, then become the program.

    Args:
        arguments: the program's name, and its own arguments.
    """
    for what, amount in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        # macOS refuses to limit address space; time is limited there, too.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (amount, amount))
    program = shutil.which(arguments[0])
    if program is None:
        raise SystemExit(127)
    os.execv(program, arguments)  # noqa: S606 - no shell; the caller names the program


if __name__ == "__main__":
    main(sys.argv[1:])
