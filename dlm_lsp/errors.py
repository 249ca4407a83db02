"""Errors: one tree under `DlmError`, each message one line that ends with what to do next.

    DlmError
    ├── UsageError              a command line or a command's argument that cannot be meant
    │   ├── OptionError         a choice of a run that cannot be; `field` names it
    │   └── ProfileError        a profile that cannot be read, or holds what it may not
    ├── StoreError              a file or the store cannot be read or written
    │   ├── NotFoundError       a file is not there
    │   ├── FileChangedError    a file is another than it was when its change was computed
    │   ├── CopyError           sections are staged for another file with the same id
    │   └── PrivateSourceError  a source that is a key, hidden, or the system's own
    ├── ModelError              a local model cannot be had, run or trained
    │   └── DeviceError         this machine has no such GPU
    ├── JudgeError              nobody can judge
    └── TeacherError            a teacher cannot be asked, or failed
        ├── SelectorError       a selector that names no teacher
        ├── UnreachableError    the server was not there, or was silent for too long
        │   ├── LateError       it gave no answer in time
        │   │   └── CrowdedError    nor could it, while it had other requests
        │   └── SilentError     it went on to be silent, with one request at a time
        ├── UnusableReplyError  a reply is empty, broken or an error; again may help
        ├── DeferredError       a request waits in a batch, and its reply comes later
        ├── NotAskedError       a request was not sent, for what befell another
        ├── TooLongError        a request is longer than the model reads
        ├── RateError           the server wants fewer requests, and went on to say so
        ├── SpentError          nothing is left to spend, or not for long
        └── RejectedError       the server does not allow this, or knows no such model
            ├── MissingError    the server has no such model, or nothing at this address
            └── KeyRefusedError the server knows no such key

Shell, language server and API catch by this tree. Whatever else reaches them is a defect of this
program, and is told as a defect. A model or a provider's SDK can fail in any way at all: where they
are run, whatever they raise becomes a ModelError or a TeacherError.
"""

from collections.abc import Callable


class DlmError(Exception):
    """What went wrong, as a line for the user; `code` is its kind, for a program to decide by."""

    code: str = "failed"


class UsageError(DlmError):
    """A command line or a command's argument that cannot be meant."""

    code = "bad-argument"


class OptionError(UsageError):
    """An option of a run that cannot be, told with the option's name as the reader knows it.

    `requirement` goes on the sentence "`field` is `value`; it ...", and may name the option `other`
    as `{other}`.
    """

    code = "bad-option"

    def __init__(self, field: str, value: object, requirement: str, *, other: str = "") -> None:
        super().__init__(field, value, requirement)
        self.field = field
        self.value = value
        self.requirement = requirement
        self.other = other

    def __str__(self) -> str:
        return self.worded(str)

    def worded(self, name_of: Callable[[str], str]) -> str:
        """Return the message, with each option as `name_of` calls it."""
        requirement = self.requirement.format(other=name_of(self.other))
        return f"{name_of(self.field)} is {self.value!r}; it {requirement}"


class ProfileError(UsageError):
    """A profile that cannot be read, or that holds what it may not, with file and line."""

    code = "bad-profile"


class StoreError(DlmError):
    """Something on disk that cannot be read or written."""

    code = "store-error"


class NotFoundError(StoreError):
    """A file that is not there."""


class FileChangedError(StoreError):
    """A file that another program has changed since it was read."""


class CopyError(StoreError):
    """A document that has the id of another, for which sections are staged."""

    code = "document-copy"


class PrivateSourceError(StoreError):
    """A source of a training that is a key, hidden, or the system's own, told with the way past."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(source, reason)
        self.source = source
        self.reason = reason

    def __str__(self) -> str:
        return self.worded(str)

    def worded(self, name_of: Callable[[str], str]) -> str:
        """Return the message, with the option that allows the source as `name_of` calls it."""
        return (
            f"training.sources: {self.source} is not read, for {self.reason}; take it out, or "
            f"allow it with {name_of('allow_source')}"
        )


class ModelError(DlmError):
    """Something that a local model cannot do."""

    code = "model-error"


class DeviceError(ModelError):
    """The machine lacks the device that a model was to run on."""


class JudgeError(DlmError):
    """Why nobody can judge."""

    code = "judge-error"


class TeacherError(DlmError):
    """Something that a teacher cannot do."""

    code = "teacher-error"


class SelectorError(TeacherError):
    """A selector that names no teacher."""


class UnreachableError(TeacherError):
    """The server was not there, or did not say a word in time."""

    code = "unreachable"


class LateError(UnreachableError):
    """No answer came in time."""


class CrowdedError(LateError):
    """No answer came in time, beside other requests: with fewer of them it may come."""


class SilentError(UnreachableError):
    """One request after the other had no answer in time, with no other beside it."""


class UnusableReplyError(TeacherError):
    """A server answered, and with nothing to use: asked once more it may do better."""


class DeferredError(TeacherError):
    """A request that waits in a batch, so that its reply comes later."""


class NotAskedError(TeacherError):
    """A request was not sent: another has shown that none makes sense any more."""


class TooLongError(TeacherError):
    """A request is longer than the model reads, which is `limit` tokens where that was said.

    `asked` is false where that was known without asking; `fits` is how many tokens of prose do fit,
    by that limit.
    """

    fits: int | None = None

    def __init__(self, message: str, limit: int | None = None, *, asked: bool = True) -> None:
        super().__init__(message)
        self.limit = limit
        self.asked = asked


class RateError(TeacherError):
    """The server wants fewer requests, and still did after the pauses that it asked for."""

    code = "rate-limited"


class SpentError(TeacherError):
    """The account has nothing left to spend, or not for longer than anybody waits."""

    code = "spent"


class RejectedError(TeacherError):
    """The server does not allow this or does not know the model, whatever it is asked."""


class MissingError(RejectedError):
    """The server has no such model, or nothing at this address."""

    code = "missing-model"


class KeyRefusedError(RejectedError):
    """The server does not know the key."""

    code = "key-refused"
