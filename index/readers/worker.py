"""The process that reads formats with markup; `index.readers.working` starts and feeds it.

Before it reads anything it limits its own memory and processor time, and gives up writing files,
using the network and starting programs. If anything is wrong with a file, it answers with a reason.
"""

import json
import resource
import sys
import warnings
from collections.abc import Mapping
from multiprocessing.connection import Connection

from index.errors import ScanError, UnreadableFileError
from index.readers.formats import READERS, reader_of
from index.readers.working import MAX_REPLY_BYTES, Reply

MEMORY_BYTES = 1024**3
CPU_SECONDS = 60
MAX_CHARACTERS = 20 * 1024 * 1024
_FORBIDDEN = (
    "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen",
    "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.remove", "os.rename",
    "shutil.rmtree", "urllib.Request",
)  # fmt: skip


def main(fd: int) -> None:
    """Read files until the other side closes the connection."""
    limit(resource.RLIMIT_AS, MEMORY_BYTES)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, 0)
    warnings.simplefilter("ignore")
    connection = Connection(fd)
    while True:
        try:
            request = json.loads(connection.recv_bytes())
            data = connection.recv_bytes()
        except EOFError:
            return
        connection.send_bytes(answer(**request, data=data))


def answer(
    media_type: str, data: bytes, name: str, fields: Mapping[str, str] | None = None
) -> bytes:
    """Read one file.

    Returns:
        a `Reply` in JSON.
    """
    limit_processor_time()
    try:
        read_file = reader_of(media_type, fields)
        forbid()
        read = read_file(data, name)
        if len(read.text) > MAX_CHARACTERS:
            raise UnreadableFileError("it holds more text than Pressmark reads from one file")
        reply = Reply(read=read).model_dump_json().encode()
        if len(reply) <= MAX_REPLY_BYTES:
            return reply
        reason = "it holds more text than Pressmark reads from one file"
    except ScanError as error:
        return Reply(refused=error.user_message, is_scan=True).model_dump_json().encode()
    except UnreadableFileError as error:
        reason = error.user_message
    except MemoryError:
        reason = f"reading it takes more than {MEMORY_BYTES // 2**20} MiB of memory"
    except RecursionError:
        reason = "it is nested too deeply; save it as plain text"
    except Exception as error:
        # Parsers raise all sorts of errors on damaged files; the kind helps to look into it.
        what = f"{READERS[media_type].name} file is damaged, or of a kind that is not known"
        reason = f"the {what} ({type(error).__name__}); save it as plain text"
    return Reply(refused=reason).model_dump_json().encode()


def limit(what: int, amount: int) -> None:
    """Lower a limit of this process, never raise it."""
    hard = resource.getrlimit(what)[1]
    if hard != resource.RLIM_INFINITY:
        amount = min(amount, hard)
    try:
        resource.setrlimit(what, (amount, amount))
    except (ValueError, OSError):
        # macOS refuses to limit address space; it does limit time.
        return


def limit_processor_time() -> None:
    """Give the next file a time of its own."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = usage.ru_utime + usage.ru_stime
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used) + CPU_SECONDS, hard))


_is_forbidden: list[bool] = []


def forbid() -> None:
    """Give up for good what no reader needs. Only once: a hook of the interpreter stays."""
    if not _is_forbidden:
        _is_forbidden.append(True)
        sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if event in _FORBIDDEN or writes:
        raise PermissionError(f"{event} is not for readers")


if __name__ == "__main__":
    main(int(sys.argv[1]))
