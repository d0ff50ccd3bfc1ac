"""Results put by until the end of a run."""

from contextlib import closing

from fetcher.jobs.spool import Spool
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
    """In order, with its number, and whether it is to be asked again."""
    with closing(Spool()) as spool:
        for number in range(3):
            spool.add(checked(number), again=number == 1)
        assert (spool.count, spool.again) == (3, 1)
        records = list(spool.records())
    assert [record.number for record in records] == [0, 1, 2]
    assert [record.again for record in records] == [False, True, False]
    assert [record.checked for record in records] == [checked(number) for number in range(3)]


def test_two_readers_do_not_disturb_each_other() -> None:
    """One reads ahead while the other follows."""
    with closing(Spool()) as spool:
        for number in range(10):
            spool.add(checked(number), again=True)
        ahead, behind = spool.records(), spool.records()
        numbers = [next(ahead).number for _ in range(7)]
        numbers += [next(behind).number for _ in range(2)]
        numbers += [record.number for record in ahead]
        numbers += [record.number for record in behind]
    assert numbers == [*range(7), 0, 1, 7, 8, 9, *range(2, 10)]
