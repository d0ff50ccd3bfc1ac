"""The intake: each row of the input becomes a visit or a result, and gets one result in the end."""

from fetcher.engine.answer_store import Answer
from fetcher.engine.deduplication import Intake, Numbered
from fetcher.engine.visit import Visit
from fetcher.failures import FailureKind
from fetcher.model import Outcome, Page, Response, Result, Target
from tests.engine.scripted_run import NOTHING

ANSWER: Answer = (Outcome(Response(200, "http://a/"), attempts=1), Page("A"))


def kind_of(found: Visit | Numbered | None) -> FailureKind:
    """The failure of a result that was known at once."""
    assert isinstance(found, tuple)
    failure = found[1].outcome.failure
    assert failure is not None
    return failure.kind


def test_rows_are_numbered_as_they_come() -> None:
    """The number is the engine's own, whatever index a target has."""
    intake = Intake(lambda target: NOTHING)
    for index in (5, 5, 0):
        intake.admit(Target(index, "no url"))
    found = intake.admit(Target(9, "no url"))
    assert isinstance(found, tuple)
    assert (found[0], found[1].target.index, intake.read) == (3, 9, 4)


def test_what_cannot_be_fetched_is_known_at_once() -> None:
    """A row's own problem comes before what its URL says."""
    intake = Intake(lambda target: NOTHING)
    assert kind_of(intake.admit(Target(0, "no url"))) is FailureKind.INVALID_URL
    assert kind_of(intake.admit(Target(1, "http://a/", problem="x"))) is FailureKind.INVALID_ROW


def test_all_rows_of_a_request_are_settled_with_it() -> None:
    """The first row is a visit, others wait for it, later ones are known at once."""
    intake = Intake(lambda target: NOTHING)
    rows = [Target(n, url) for n, url in enumerate(("http://a/", "http://a/#f", "HTTP://A"))]
    visit = intake.admit(rows[0])
    assert isinstance(visit, Visit)
    assert intake.admit(rows[1]) is None
    own = Outcome(Response(200, "http://a/#f"), attempts=1)
    assert intake.settle(visit, ANSWER) == [
        (0, Result(rows[0], *ANSWER)),
        (1, Result(rows[1], own, ANSWER[1])),
    ]
    assert intake.admit(rows[2]) == (2, Result(rows[2], *ANSWER))
    intake.close()
