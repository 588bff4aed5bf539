"""Every error Pressmark raises on purpose, as one tree.

PressmarkError
├── InputError                what the caller asked for cannot be done as asked
│   ├── QuestionError         an empty, over-long or malformed question
│   ├── FilterError           a filter or date that cannot be understood
│   ├── SuiteError            an eval suite that breaks its format
│   └── RootError             a folder that is missing or not indexed
├── UnreadableFileError       one file that cannot be read; goes to the ledger, nothing stops
│   └── ScanError             its pages are pictures, which only OCR can read
├── FetchError                an address that was asked for gives no page (retryable)
├── LibraryError              the system of record
│   ├── LibraryBusyError      another process is writing (retryable)
│   ├── LibraryFormatError    made by another version of Pressmark
│   └── EmbeddingMismatchError  vectors of another model; mixing is refused
├── IndexStoreError           a derived store (Chroma, Tantivy) failed; it can be rebuilt
├── EmbeddingModelError       the embedding model is missing, altered or failed
├── VerificationError         a citation could not be proven; a bug if a reader ever sees it
└── LanguageModelError        the language model did not give a usable draft
    ├── ModelConfigurationError  wrong key, wrong address, unknown model: the user must act
    ├── ModelUnavailableError    down, slow or overloaded (retryable)
    ├── ModelContextError        the prompt is longer than it can read: send less
    └── ModelReplyError          it answered, but not with a usable draft

Errors carry policy, so nobody matches strings: ``retryable`` says whether the same call may
succeed later, ``user_message`` is safe to show to anyone (no key, no path outside the input).
"""


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
    """What the caller asked for cannot be done as asked."""


class QuestionError(InputError):
    """The question is empty, too long or not text."""


class FilterError(InputError):
    """A filter or a date cannot be understood."""


class SuiteError(InputError):
    """An eval suite breaks its format; the message names file, line and field."""


class RootError(InputError):
    """A folder is missing, not a folder, or not indexed."""


class UnreadableFileError(PressmarkError):
    """One file cannot be read as an article; the reason goes to the ledger."""


class ScanError(UnreadableFileError):
    """The pages of a file are pictures, which only OCR can read."""


class FetchError(PressmarkError):
    """An address that was asked for gives nothing that can be read, or must not be fetched."""

    retryable = True


class LibraryError(PressmarkError):
    """The system of record cannot be used."""


class LibraryBusyError(LibraryError):
    """Another process is writing to this library."""

    retryable = True


class LibraryFormatError(LibraryError):
    """The library was made by another version of Pressmark."""


class EmbeddingMismatchError(LibraryError):
    """The library's vectors come from another embedding model."""


class IndexStoreError(PressmarkError):
    """A derived store (Chroma or Tantivy) failed; deleting its folder rebuilds it."""

    retryable = True


class EmbeddingModelError(PressmarkError):
    """The embedding model is missing, altered, or failed."""


class VerificationError(PressmarkError):
    """A citation could not be proven against its source."""


class LanguageModelError(PressmarkError):
    """The language model gave no usable draft."""


class ModelConfigurationError(LanguageModelError):
    """Key, address or model name is wrong; the user must act."""


class ModelUnavailableError(LanguageModelError):
    """The model is down, too slow or overloaded.

    Args:
        message: as for every error.
        retry_after_s: seconds that the server asks callers to wait, where it says so.
    """

    retryable = True

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ModelContextError(LanguageModelError):
    """The prompt is longer than the model can read; a shorter one may do."""


class ModelReplyError(LanguageModelError):
    """The model answered, but not with a usable draft."""


class ModelCutOffError(ModelReplyError):
    """The model had to stop at the most tokens that it may write."""
