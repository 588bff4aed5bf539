"""Every error that Pressmark raises on purpose, as one tree.

PressmarkError
├── InputError                the caller asked for something impossible
│   ├── QuestionError         an empty, over-long or malformed question
│   ├── FilterError           a filter or date that makes no sense
│   ├── SuiteError            an eval suite that breaks its format
│   └── RootError             a folder that is missing or not indexed
├── TooOftenError             a caller asks more than it may (retryable)
├── UnreadableFileError       one unreadable file; it goes to the ledger and stops nothing
│   └── ScanError             its pages are pictures, which only OCR can read
├── FetchError                an address that was asked for gives no page (retryable)
├── LibraryError              the system of record
│   ├── LibraryBusyError      another process is writing (retryable)
│   ├── LibraryUnreachableError  the database server does not answer (retryable)
│   ├── LibraryFormatError    another version of Pressmark made it
│   └── EmbeddingMismatchError  another model made its vectors; they do not mix
├── IndexStoreError           a derived store (Chroma, Tantivy) failed; it can be rebuilt
├── EmbeddingModelError       the embedding model is missing, altered or failed
├── VerificationError         a citation without proof; a bug if a reader ever sees it
└── LanguageModelError        the language model did not give a usable draft
    ├── ModelConfigurationError  wrong key, wrong address, unknown model: the user must act
    ├── ModelUnavailableError    down, slow or overloaded (retryable)
    ├── ModelContextError        the prompt is too long for it: send less
    └── ModelReplyError          it answered, but not with a usable draft

Errors carry policy, so nobody matches strings. ``retryable`` says whether the same call may succeed
later, and ``user_message`` is safe to show to anyone (no key, no path outside the input).
"""

from index.saying import Said


class PressmarkError(Exception):
    """Base of every deliberate error.

    Args:
        message: what happened and what to do next, in words a user understands.
    """

    retryable: bool = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.user_message = message


class InputError(PressmarkError):
    """The caller asked for something impossible."""


class TooOftenError(PressmarkError):
    """A caller asks more often than it may.

    Args:
        message: as of every error.
        wait_s: seconds after which it may ask again.
    """

    retryable = True

    def __init__(self, message: str, wait_s: float) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class QuestionError(InputError):
    """The question is empty, too long or not text."""


class FilterError(InputError):
    """A filter or a date makes no sense."""


class SuiteError(InputError):
    """An eval suite breaks its format; the message names file, line and field."""


class RootError(InputError):
    """A folder is missing, not a folder, or not indexed."""


class UnreadableFileError(PressmarkError):
    """One file is not readable as an article; the reason goes to the ledger."""


class ScanError(UnreadableFileError):
    """The pages of a file are pictures, which only OCR can read."""


class FetchError(PressmarkError):
    """An address that was asked for gives nothing that can be read, or must not be fetched."""

    retryable = True


class LibraryError(PressmarkError):
    """The system of record is not usable."""


class LibraryBusyError(LibraryError):
    """Another process is writing to this library."""

    retryable = True


class LibraryUnreachableError(LibraryError):
    """The server that holds the library does not answer."""

    retryable = True


class LibraryFormatError(LibraryError):
    """Another version of Pressmark made the library."""


class EmbeddingMismatchError(LibraryError):
    """The library's vectors come from another embedding model."""


class IndexStoreError(PressmarkError):
    """A derived store (Chroma or Tantivy) failed; deleting its folder rebuilds it."""

    retryable = True


class EmbeddingModelError(PressmarkError):
    """The embedding model is missing, altered, or failed."""


class VerificationError(PressmarkError):
    """A citation has no proof in its source."""


class LanguageModelError(PressmarkError):
    """The language model gave no usable draft.

    Args:
        message: as for every error; it may stand in an answer that does without the model.
    """

    def __init__(self, message: Said) -> None:
        super().__init__(message)
        self.user_message: Said = message


class ModelConfigurationError(LanguageModelError):
    """Key, address or model name is wrong; the user must act."""


class ModelUnavailableError(LanguageModelError):
    """The model is down, too slow or overloaded.

    Args:
        message: as for every error.
        retry_after_s: seconds that the server asks callers to wait, if it does.
    """

    retryable = True

    def __init__(self, message: Said, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ModelContextError(LanguageModelError):
    """The prompt is too long for the model; a shorter one may do."""


class ModelReplyError(LanguageModelError):
    """The model answered, but not with a usable draft."""


class ModelCutOffError(ModelReplyError):
    """The model reached the limit of tokens that it may write."""
