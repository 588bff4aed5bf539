"""An answer in progress.

How to build on it (the HTTP API and the page do)::

    with pressmark.stream(question) as events:
        for event in events:
            match event:
                case ClaimReady():   # a verified sentence: show event.text, keep event.citations
                case Withdrawn():    # forget the sentences shown so far: others follow
                case Answer():       # the last event, always; the whole, and what counts

- The verifier has checked every sentence before it comes; nothing that a model wrote comes out
  otherwise.
- After the last `Withdrawn`, the sentences are those of ``Answer.claims``, in order, and their
  citations together are ``Answer.citations``. An abstention has no sentences.
- Call ``close()`` from any thread, even while another waits in ``next()``: it ends the call to the
  model, closes its connection, and stops the iteration without an `Answer`.
- Without a model the sentences are quotes, and come the same way.
"""

from collections.abc import Callable, Iterator
from typing import Self

from rag.llm.retrying import CancelledByReaderError, Deadline
from rag.types import Answer, AnswerEvent

Events = Callable[[Deadline], Iterator[AnswerEvent]]


class AnswerStream(Iterator[AnswerEvent]):
    """The events of one answer; see this module's description.

    Args:
        events: makes them; the first `next` starts it.
        seconds: that a language model may spend on them, from then on.
    """

    def __init__(self, events: Events, seconds: float) -> None:
        self._make = events
        self._events: Iterator[AnswerEvent] | None = None
        self._deadline = Deadline(seconds)

    def __next__(self) -> AnswerEvent:
        if self._deadline.cancelled:
            raise StopIteration
        if self._events is None:
            self._deadline.restart()
            self._events = self._make(self._deadline)
        try:
            return next(self._events)
        except CancelledByReaderError:
            raise StopIteration from None

    def answer(self) -> Answer:
        """Wait for the whole.

        Raises:
            CancelledByReaderError: somebody closed it before.
        """
        for event in self:
            if isinstance(event, Answer):
                return event
        raise CancelledByReaderError

    def close(self) -> None:
        """Stop, from any thread."""
        self._deadline.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
