"""`fetcher titles` from outside: inputs, outputs and exit codes."""

import asyncio
import gzip
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cli.program import ended, fetcher, read, started
from tests.support.raw import RawServer, Script, response
from tests.support.site import Site


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A site with pages to ask for."""
    async with Site() as site:
        yield site


async def hit(site: Site, paths: int) -> None:
    """Wait until a number of paths has been asked for."""
    while len(site.hits) < paths:  # noqa: ASYNC110 - the site has no event to wait for
        await asyncio.sleep(0.02)


async def test_rows_go_to_standard_output_as_csv(site: Site, tmp_path: Path) -> None:
    """Without -o and without a terminal, CSV comes out, in input order."""
    urls = [site.url("/slow/0.3"), site.url("/ok/2"), site.url("/status/404")]
    done = await fetcher("titles", *urls, cwd=tmp_path)
    assert done.code == 0
    assert done.out.startswith("url,status,title,final_url,elapsed_ms,error\r\n")
    assert [row["url"] for row in done.rows] == urls
    assert [row["status"] for row in done.rows] == ["200", "200", "404"]
    assert done.rows[1]["title"] == "Page 2"
    assert float(done.rows[0]["elapsed_ms"]) >= 300


async def test_the_summary_goes_to_standard_error(site: Site, tmp_path: Path) -> None:
    """Counts by status and failure, slowest hosts and bytes are told, and -q silences them."""
    urls = [site.url("/ok/1"), site.url("/status/404"), "http://127.0.0.1:1/", "not a url"]
    done = await fetcher("titles", *urls, "--retries", "0", cwd=tmp_path)
    assert "4 URLs in" in done.err
    assert "200 OK 1" in done.err
    assert "404 Not Found 1" in done.err
    assert "connect_refused 1, invalid_url 1" in done.err
    assert f"127.0.0.1:{site.port}" in done.err
    assert "read:" in done.err
    quiet = await fetcher("titles", *urls, "--retries", "0", "-q", cwd=tmp_path)
    assert (quiet.code, quiet.err) == (0, "")
    assert len(quiet.rows) == 4


async def test_verbose_explains_each_failure(site: Site, tmp_path: Path) -> None:
    """With -v every failure is said as it happens, with its URL, kind and what to do."""
    done = await fetcher("titles", "http://127.0.0.1:1/", "-v", "--retries", "0", cwd=tmp_path)
    assert "http://127.0.0.1:1/: connect_refused: Nothing listens" in done.err


async def test_a_list_of_each_form_is_read(site: Site, tmp_path: Path) -> None:
    """Text, CSV, JSON lines, a sitemap and standard input can be given together, also as .gz."""
    (tmp_path / "a.txt").write_text(f"# a comment\n{site.url('/ok/1')}\n\nbad url\n")
    (tmp_path / "b.csv").write_text(f"name,link\nx,{site.url('/ok/2')}\n")
    (tmp_path / "c.jsonl").write_text(json.dumps({"url": site.url("/ok/3")}) + "\n")
    sitemap = f"<urlset><url><loc>{site.url('/ok/4')}</loc></url></urlset>"
    (tmp_path / "d.xml.gz").write_bytes(gzip.compress(sitemap.encode()))
    lists = [f"-l{name}" for name in ("a.txt", "b.csv", "c.jsonl", "d.xml.gz", "-")]
    done = await fetcher(
        *("titles", *lists, "--columns", "source,title,error"),
        cwd=tmp_path,
        stdin=site.url("/ok/5") + "\n",
    )
    assert [row["title"] for row in done.rows] == ["Page 1", "", *(f"Page {n}" for n in "2345")]
    assert [row["source"] for row in done.rows[:3]] == ["a.txt:2", "a.txt:4", "b.csv:2"]
    assert done.rows[1]["error"].startswith("invalid_url: ")


async def test_a_sitemap_can_be_a_url(tmp_path: Path) -> None:
    """A list that is a URL is fetched by the engine itself; one that cannot be is an error."""
    async with Site(robots="") as site:
        done = await fetcher("titles", "-l", site.url("/status/404"), cwd=tmp_path)
    assert done.code == 3
    assert "status 404" in done.err


async def test_the_input_s_own_columns_are_carried(site: Site, tmp_path: Path) -> None:
    """--carry writes them behind ours; --columns can name them too."""
    (tmp_path / "in.csv").write_text(f"id,url\n007,{site.url('/ok/1')}\n-5,{site.url('/ok/2')}\n")
    done = await fetcher("titles", "-l", "in.csv", "--carry", cwd=tmp_path)
    assert [row["id"] for row in done.rows] == ["007", "-5"]
    chosen = await fetcher(
        *("titles", "-l", "in.csv", "--carry", "--columns", "id,title"), cwd=tmp_path
    )
    assert chosen.rows == [{"id": "007", "title": "Page 1"}, {"id": "-5", "title": "Page 2"}]


async def test_several_outputs_by_suffix(site: Site, tmp_path: Path) -> None:
    """Each -o gets all rows, in the format that its suffix says."""
    outputs = ("-o", "a.csv", "-o", "b.jsonl", "-o", "c.tsv.gz")
    done = await fetcher("titles", site.url("/ok/1"), *outputs, cwd=tmp_path)
    assert (done.code, done.out) == (0, "")
    assert read(tmp_path / "a.csv")[0]["title"] == "Page 1"
    assert json.loads((tmp_path / "b.jsonl").read_text())["status"] == 200
    assert b"Page 1\t" in gzip.decompress((tmp_path / "c.tsv.gz").read_bytes())


async def test_as_completed(site: Site, tmp_path: Path) -> None:
    """--order completed gives the fast ones first."""
    urls = [site.url("/slow/0.5"), site.url("/ok/1")]
    done = await fetcher("titles", *urls, "--order", "completed", cwd=tmp_path)
    assert [row["url"] for row in done.rows] == urls[::-1]


async def test_duplicates_are_fetched_once(site: Site, tmp_path: Path) -> None:
    """Each duplicate has its row, and the server sees one request."""
    done = await fetcher("titles", *[site.url("/ok/1")] * 5, cwd=tmp_path)
    assert [row["title"] for row in done.rows] == ["Page 1"] * 5
    assert site.hits["/ok/1"] == 1


async def test_no_scheme_means_https_then_http(site: Site, tmp_path: Path) -> None:
    """A host that speaks no TLS is asked over http."""
    done = await fetcher("titles", f"127.0.0.1:{site.port}/ok/1", cwd=tmp_path)
    assert done.rows[0]["final_url"] == site.url("/ok/1")


async def test_foreign_text_cannot_start_a_formula(tmp_path: Path) -> None:
    """A title that a spreadsheet would run is written with an apostrophe, unless --raw-cells."""
    page = Script((response(b"<title>=1+1</title>"),))
    async with RawServer(default=page) as server:
        safe = await fetcher("titles", server.url(), cwd=tmp_path)
        raw = await fetcher("titles", server.url(), "--raw-cells", cwd=tmp_path)
    assert safe.rows[0]["title"] == "'=1+1"
    assert raw.rows[0]["title"] == "=1+1"


async def test_fail_makes_failed_urls_exit_with_1(site: Site, tmp_path: Path) -> None:
    """--fail counts failures and statuses of 400 and more; without it they do not matter."""
    for url, code in ((site.url("/ok/1"), 0), (site.url("/status/404"), 1), ("bad url", 1)):
        assert (await fetcher("titles", url, "--fail", cwd=tmp_path)).code == code
        assert (await fetcher("titles", url, cwd=tmp_path)).code == 0


USAGE_ERRORS = [
    ((), "no URLs: name some, or a list with -l FILE"),
    (("x", "-c", "0"), "--concurrency: '0' is not a whole number of at least 1"),
    (("x", "--timeout", "soon"), "--timeout: 'soon' is not a duration"),
    (("x", "--max-bytes", "big"), "--max-bytes: 'big' is not a size"),
    (("x", "-H", "nonsense"), "--header: 'nonsense' is not a header; use 'Name: value'"),
    (("x", "--private-addresses", "no"), "--private-addresses: 'no' is not one of direct, allow"),
    (("x", "--columns", "urll"), "unknown column 'urll' (did you mean 'url'?)"),
    (("x", "--format", "xls"), "unknown format 'xls'; fetcher titles writes csv"),
    (("x", "-o", "out.xls"), "cannot tell the format of 'out.xls'"),
    (("x", "--resolve", "a:b"), "--resolve: 'a:b' is not HOST:PORT:ADDRESS"),
    (("x", "--list-format", "pdf"), "--list-format: 'pdf' is not one of text"),
    (("x", "--config", "missing.toml"), "cannot read the configuration missing.toml"),
    (("x", "--nonsense"), "No such option"),
]


@pytest.mark.parametrize(("arguments", "message"), USAGE_ERRORS)
async def test_wrong_usage_is_exit_2(
    arguments: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    """The message names the flag and says what was expected."""
    done = await fetcher("titles", *arguments, cwd=tmp_path)
    assert done.code == 2
    assert message in done.err
    assert done.out == ""


INPUT_OUTPUT_ERRORS = [
    (("-l", "missing.txt"), "missing.txt"),
    (("-l", "."), "director"),
    (("x", "-o", "no/such/directory.csv"), "its directory does not exist"),
    (("x", "--cacert", "missing.pem"), "cannot read certificates from missing.pem"),
    (("-l", "list.csv", "--url-column", "nope"), "nope"),
    (("-l", "list.csv", "-o", "list.csv"), "it is the input list.csv"),
]


@pytest.mark.parametrize(("arguments", "message"), INPUT_OUTPUT_ERRORS)
async def test_what_cannot_be_read_or_written_is_exit_3(
    arguments: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    """It is checked before anything is fetched, and nothing is overwritten."""
    (tmp_path / "list.csv").write_text("name,url\nx,http://127.0.0.1:1/\n")
    done = await fetcher("titles", *arguments, cwd=tmp_path)
    assert done.code == 3
    assert message in done.err
    assert (tmp_path / "list.csv").read_text().startswith("name,url")


async def test_a_full_disk_is_exit_3(site: Site, tmp_path: Path) -> None:
    """A write that fails in the middle of the run ends it with the reason."""
    done = await fetcher("titles", site.url("/ok/1"), "-o", "/dev/full", cwd=tmp_path)
    assert done.code == 3
    assert "the disk is full" in done.err


async def test_flag_before_environment_before_file(site: Site, tmp_path: Path) -> None:
    """Each place of a setting overrides the next, and TOML mistakes name file and key."""
    config = tmp_path / "c.toml"
    config.write_text('[fetch]\nuser_agent = "file"\n[titles]\ncolumns = ["title"]\n')
    url = site.url("/ok/1")
    by_file = await fetcher("titles", url, "--config", "c.toml", cwd=tmp_path)
    assert by_file.rows == [{"title": "Page 1"}]
    by_variable = await fetcher("titles", url, cwd=tmp_path, FETCHER_CONFIG="c.toml")
    assert by_variable.rows == [{"title": "Page 1"}]
    by_environment = await fetcher(
        *("titles", url, "--config", "c.toml"), cwd=tmp_path, FETCHER_COLUMNS="status"
    )
    assert by_environment.rows == [{"status": "200"}]
    by_flag = await fetcher(
        *("titles", url, "--config", "c.toml", "--columns", "index"),
        cwd=tmp_path,
        FETCHER_COLUMNS="status",
    )
    assert by_flag.rows == [{"index": "0"}]


async def test_a_switch_can_be_turned_off_again(site: Site, tmp_path: Path) -> None:
    """--no-fail overrides what the environment says."""
    url = site.url("/status/500")
    on = await fetcher("titles", url, "--retries", "0", cwd=tmp_path, FETCHER_FAIL="true")
    off = await fetcher(
        *("titles", url, "--retries", "0", "--no-fail"), cwd=tmp_path, FETCHER_FAIL="true"
    )
    assert (on.code, off.code) == (1, 0)


async def test_the_columns_are_listed(tmp_path: Path) -> None:
    """`--columns help` prints each column with its unit, and fetches nothing."""
    done = await fetcher("titles", "--columns", "help", cwd=tmp_path)
    assert done.code == 0
    lines = done.out.splitlines()
    assert any(line.startswith("elapsed_ms") and "[ms]" in line for line in lines)
    assert any(line.startswith("encoding_source") for line in lines)


async def test_ctrl_c_lets_what_is_in_flight_finish(site: Site, tmp_path: Path) -> None:
    """The first interrupt starts nothing new, writes what is done, and says what is left."""
    urls = [site.url(f"/slow/1?{n}") for n in range(40)]
    process = await started("titles", *urls, "-o", "out.csv", cwd=tmp_path)
    await hit(site, 1)
    process.send_signal(signal.SIGINT)
    done = await ended(process)
    assert done.code == 130
    written = read(tmp_path / "out.csv")
    assert 0 < len(written) == sum(site.hits.values()) < 40
    assert all(row["status"] == "200" for row in written)
    assert f"interrupted: {40 - len(written)} URLs" in done.err


async def test_a_second_ctrl_c_stops_at_once(site: Site, tmp_path: Path) -> None:
    """What is finished is written even behind one that is not; the rest is given up."""
    urls = [site.url("/slow/30"), site.url("/ok/1")]
    process = await started("titles", *urls, "-o", "out.csv", "-c", "2", cwd=tmp_path)
    await hit(site, 2)
    await asyncio.sleep(0.3)
    process.send_signal(signal.SIGINT)
    await asyncio.sleep(0.2)
    process.send_signal(signal.SIGINT)
    done = await ended(process)
    assert done.code == 130
    assert [row["title"] for row in read(tmp_path / "out.csv")] == ["Page 1"]


async def test_a_closed_pipe_ends_quietly(site: Site, tmp_path: Path) -> None:
    """`| head -1` gets its line, and nobody hears of the rest."""
    urls = tmp_path / "urls.txt"
    urls.write_text("".join(site.url(f"/slow/0.05?{n}") + "\n" for n in range(400)))
    process = await started("titles", "-l", "urls.txt", "-q", cwd=tmp_path)
    assert process.stdout is not None
    assert (await process.stdout.readline()).startswith(b"url,")
    process.stdout._transport.close()  # type: ignore[attr-defined]
    assert process.stderr is not None
    assert await asyncio.wait_for(process.stderr.read(), 60) == b""
    assert await process.wait() == 0
    assert sum(site.hits.values()) < 400


async def test_rows_appear_while_standard_input_stays_open(site: Site, tmp_path: Path) -> None:
    """`tail -f list | fetcher titles -l -` shows each row soon after its line."""
    process = await started("titles", "-l", "-", "-q", cwd=tmp_path)
    assert process.stdin is not None
    assert process.stdout is not None
    await process.stdout.readline()
    for number in ("1", "2"):
        process.stdin.write(site.url(f"/ok/{number}").encode() + b"\n")
        await process.stdin.drain()
        line = await asyncio.wait_for(process.stdout.readline(), 30)
        assert f"Page {number}".encode() in line
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 30) == 0
