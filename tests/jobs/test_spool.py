"""Results put by until the end of a run."""

from contextlib import closing

from fetcher.jobs.check import Spool
from fetcher.judgement.expectations import Expectations
from fetcher.judgement.verdict import Checked, Health, Reason, Trouble, Verdict
from fetcher.model import Certificate, Hop, Outcome, Page, Response, Target, TlsFacts


def checked(number: int) -> Checked:
    """A result with something in every field."""
    tls = TlsFacts("1.3", Certificate("a", "b", ("c",), 1.0, 2.0))
    response = Response(200, "https://a/", headers={"server": "x"})
    outcome = Outcome(response, hops=(Hop("http://a/", 301),), earlier=("503",), tls=tls)
    target = Target(number, "http://a/", expected=Expectations(title="é"))
    reason = Reason(Health.DEGRADED, Trouble.FLAKY, "only the 2nd try went well")
    return Checked(target, outcome, Page("A"), Verdict(Health.DEGRADED, (reason,), "503"))


def test_what_was_put_by_comes_out_equal() -> None:
    """In order, all of it, and with its number what is to be asked again."""
    with closing(Spool()) as spool:
        for number in range(1_000):
            spool.add(checked(number), again=number % 3 == 1)
        assert (spool.count, spool.again) == (1_000, 333)
        found = [(checked(number), number % 3 == 1) for number in range(1_000)]
        assert list(spool.results()) == found
        again = [(number, checked(number)) for number in range(1, 1_000, 3)]
        assert list(spool.to_ask_again()) == again
        assert spool.get(41) == checked(41)


def test_one_result_takes_the_place_of_another() -> None:
    """Also while the results are read; it is not asked again."""
    with closing(Spool()) as spool:
        for number in range(5):
            spool.add(checked(number), again=True)
        reading = spool.to_ask_again()
        assert next(reading) == (0, checked(0))
        spool.replace(0, checked(10))
        spool.replace(4, checked(14))
        assert [number for number, _ in reading] == [1, 2, 3, 4]
        found = [(result.target.index, again) for result, again in spool.results()]
    assert found == [(10, False), (1, True), (2, True), (3, True), (14, False)]
