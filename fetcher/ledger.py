"""Who asked for what: each distinct URL is fetched once, and each row gets its answer."""

from dataclasses import dataclass
from typing import Protocol

from fetcher.answers import Answer, Answers
from fetcher.model import Target


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of the input and its number among all that were read, from 0.

    fragment: that of its URL, "" or with its leading `#`: the one thing in which rows for the same
    request can differ.
    """

    number: int
    target: Target
    fragment: str = ""


class Memory(Protocol):
    """Where answers are kept once they were given."""

    def get(self, key: str) -> Answer | None:
        """The answer for a URL, None when it is not known."""
        ...

    def put(self, key: str, answer: Answer) -> None:
        """Remember an answer."""
        ...

    def close(self) -> None:
        """Forget everything."""
        ...


class Ledger:
    """Keeps the rows that wait for an answer, and the answers that were given.

    Memory is bounded: the rows that wait are bounded by the reading ahead, and old answers move
    to a temporary file.
    """

    def __init__(self, answers: Memory | None = None) -> None:
        self._waiting: dict[str, list[Claim]] = {}
        self._answers: Memory = Answers() if answers is None else answers

    def claim(self, key: str, claim: Claim) -> Answer | bool:
        """Ask for a URL: its answer if it was given before, else whether this row is the first.

        When it is not the first, the row is answered together with the first one.
        """
        waiting = self._waiting.get(key)
        if waiting is not None:
            waiting.append(claim)
            return False
        answer = self._answers.get(key)
        if answer is not None:
            return answer
        self._waiting[key] = [claim]
        return True

    def settle(self, key: str, answer: Answer) -> list[Claim]:
        """Note the answer for a URL; return all rows that waited for it."""
        self._answers.put(key, answer)
        return self._waiting.pop(key)

    def close(self) -> None:
        """Forget everything."""
        self._waiting.clear()
        self._answers.close()


class Forgetful(Ledger):
    """A ledger for an endless input, in which the same URL is asked for again and again.

    Rows for a request that is under way are answered together; once they are, nothing is known of
    it, and the next row for it is the first again.
    """

    def __init__(self) -> None:
        super().__init__(_NoMemory())


class _NoMemory:
    """Remembers nothing."""

    def get(self, key: str) -> Answer | None:
        return None

    def put(self, key: str, answer: Answer) -> None:
        pass

    def close(self) -> None:
        pass
