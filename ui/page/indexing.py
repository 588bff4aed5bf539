"""Indexing from the page: one run at a time, beside the questions, visible in every tab."""

import logging
import queue
import threading
from collections.abc import Callable, Iterator

from index.errors import PressmarkError
from index.ingest.report import IngestReport, RootReport
from index.ingest.run import IngestProgress
from ui.page.wording.catalogues import _, later
from ui.page.wording.days import number
from ui.page.wording.from_elsewhere import told

_OURS = later("Something went wrong inside Pressmark; its log has the details.")
_LOOK_S = 0.25

log = logging.getLogger(__name__)

Report = IngestReport | RootReport
Work = Callable[[Callable[[IngestProgress], None]], Report]


class Indexing:
    """The run in progress, if any."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._counting = threading.Lock()
        self._waiting = 0
        self._progress: IngestProgress | None = None

    @property
    def running(self) -> bool:
        """Whether a run is in progress, or waits for another to end."""
        return self._waiting > 0

    def words(self) -> str:
        """The progress of the run; empty if there is none."""
        progress = self._progress
        if not self.running:
            return ""
        if progress is None or not progress.total:
            return _("Indexing now")
        if progress.stage == "updating search":
            return _("Indexing now: updating the search")
        return _("Indexing now: %(done)s of %(total)s files") % {
            "done": number(progress.done),
            "total": number(progress.total),
        }

    def follow(self, work: Work) -> Iterator[Report | str | None]:
        """Do the work in a thread of its own, which goes on even if nobody follows it.

        Yields:
            None, now and then while it runs; at the end its report, or why it failed.
        """
        outcome: queue.SimpleQueue[Report | str] = queue.SimpleQueue()
        self._count(1)
        threading.Thread(
            target=self._run, args=(work, outcome), name="indexing", daemon=True
        ).start()
        while True:
            try:
                yield outcome.get(timeout=_LOOK_S)
                return
            except queue.Empty:
                yield None

    def _run(self, work: Work, outcome: "queue.SimpleQueue[Report | str]") -> None:
        said: Report | str = _OURS
        try:
            with self._turn:
                self._progress = None
                said = work(self._note)
        except PressmarkError as error:
            said = told(error.user_message)
        except Exception:
            log.exception("Articles could not be indexed")
        finally:
            self._count(-1)
            outcome.put(said)

    def _count(self, change: int) -> None:
        with self._counting:
            self._waiting += change

    def _note(self, progress: IngestProgress) -> None:
        self._progress = progress
