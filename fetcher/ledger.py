"""Who asked for what: each distinct URL is fetched once, and each row gets its answer."""

from dataclasses import dataclass

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


class Ledger:
    """Keeps the rows that wait for an answer, and the answers that were given.

    Memory is bounded: the rows that wait are bounded by the reading ahead, and old answers move
    to a temporary file.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, list[Claim]] = {}
        self._answers = Answers()

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
