"""Libraries whose private or fast-moving parts are used: an upper bound, and those parts.

Each of these tests fails when a release changes what is used, before any user meets it.
"""

import inspect
import io
import re
import tomllib
from multiprocessing.reduction import ForkingPickler
from pathlib import Path

import aiohttp
import chardet
import pytest
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ClientResponse
from aiohttp.helpers import set_exception
from jsonpath_rfc9535 import JSONPathEnvironment
from jsonpath_rfc9535.function_extensions import ExpressionType, FilterFunction
from prometheus_client.exposition import choose_encoder
from rich.cells import cell_len, set_cell_size, split_text
from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

BOUNDED = {
    "aiohttp": "the connector's factory, the response's and the protocol's private hooks",
    "aioresponses": "builds aiohttp's responses, whose constructor is private",
    "chardet": "the names of encodings, and the choice of candidates",
    "jsonpath-rfc9535": "function extensions, gone in 2.0",
    "prometheus-client": "the choice of an encoder, undocumented",
    "rich": "the measuring of cells, undocumented",
    "selectolax": "options of the parser, added in 1.0",
    "warcio": "how a record's head is written",
}
"""Every library that needs an upper bound, and why."""


def requirements() -> dict[str, str]:
    """Return the version range of each requirement, by the name of its distribution."""
    listed = [*PROJECT["dependencies"]]
    for extra in PROJECT["optional-dependencies"].values():
        listed += extra
    found = {}
    for requirement in listed:
        name, bounds = re.fullmatch(r"([\w-]+)(?:\[[\w,]+\])?(.*)", requirement).groups()
        if name != PROJECT["name"]:
            found[name] = bounds
    return found


@pytest.mark.parametrize("library", BOUNDED)
def test_a_library_whose_inner_parts_are_used_has_an_upper_bound(library: str) -> None:
    """A fresh install never gets a release in which these parts may be gone."""
    assert ",<" in requirements()[library]


def test_an_upper_bound_has_a_reason() -> None:
    """Every other library may be as new as it likes."""
    assert {name for name, bounds in requirements().items() if "<" in bounds} == {*BOUNDED}


def test_every_library_has_a_lower_bound() -> None:
    """What was tried is what is asked for."""
    assert all(bounds.startswith(">=") for bounds in requirements().values())


def test_the_distribution_has_a_name_of_its_own() -> None:
    """`fetcher` on PyPI is another project; the command and the import keep that name."""
    assert PROJECT["name"] == "fetcher-cli"
    assert PROJECT["scripts"] == {"fetcher": "fetcher.cli.main:main"}


def parameters(function: object) -> list[str]:
    """Return the names of a function's parameters."""
    assert callable(function)
    return [*inspect.signature(function).parameters]


async def test_the_connector_of_aiohttp() -> None:
    """Each connection is made by a factory of ours, and its making can be timed."""
    connector = aiohttp.TCPConnector()
    try:
        assert connector._factory.func is ResponseHandler
        assert connector._factory.keywords == {"loop": connector._loop}
        assert inspect.iscoroutinefunction(connector._create_connection)
        assert parameters(connector._create_connection) == ["req", "traces", "timeout"]
        assert parameters(connector.connect) == ["req", "traces", "timeout"]
    finally:
        await connector.close()


async def test_the_response_of_aiohttp() -> None:
    """It says when it begins and ends, and holds its connection in between."""
    assert parameters(ClientResponse.start) == ["self", "connection"]
    assert parameters(ClientResponse._response_eof) == ["self"]
    assert "self._connection" in inspect.getsource(ClientResponse._response_eof)


async def test_the_protocol_of_aiohttp() -> None:
    """Its parser can be replaced once it is told of the response to come."""
    connector = aiohttp.TCPConnector()
    try:
        protocol = ResponseHandler(loop=connector._loop)
        assert protocol._parser is None
        assert protocol._payload is None
        protocol.set_response_params()
        parser: object = protocol._parser
        assert len(parameters(parser.feed_data)) == 1
        assert {"feed_eof"} <= {*dir(parser)}
    finally:
        await connector.close()
    assert parameters(set_exception) == ["fut", "exc", "exc_cause"]


def test_the_functions_of_jsonpath() -> None:
    """`match` and `search` are replaced by functions of ours, for each environment."""
    assert {"match", "search"} <= {*JSONPathEnvironment().function_extensions}
    assert {"arg_types", "return_type"} <= FilterFunction.__abstractmethods__
    assert ExpressionType.LOGICAL is not None


def test_the_options_of_selectolax() -> None:
    """A tree is built without mutation events."""
    options = int(LexborDocumentOptions.WO_EVENTS)
    tree = LexborHTMLParser(b"<title>x</title>", options=options)
    found = tree.css_first("title")
    assert found is not None
    assert found.text() == "x"


def test_the_detector_of_encodings() -> None:
    """The candidates can be chosen, and are answered by the names that the table knows."""
    found = chardet.detect(
        "Привет, мир! Как дела?".encode("cp1251") * 20,
        compat_names=False,
        include_encodings={"cp1251", "koi8-r"},
        no_match_encoding="cp1252",
    )
    assert found["encoding"] == "cp1251"


def test_the_encoder_of_prometheus() -> None:
    """It is chosen by the request's Accept header."""
    encode, content_type = choose_encoder("application/openmetrics-text")
    assert callable(encode)
    assert content_type.startswith("application/openmetrics-text")


def test_the_cells_of_rich() -> None:
    """Texts are measured and cut by the cells that they take on a screen."""
    assert cell_len("漢") == 2
    assert set_cell_size("漢字", 3) == "漢 "
    assert split_text("漢字", 2) == ("漢", "字")


def test_the_heads_of_warcio() -> None:
    """A head is written by a method that can be replaced, into an attribute that is then read."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    assert parameters(StatusAndHeaders.compute_headers_buffer) == ["self", "header_filter"]
    head = StatusAndHeaders("200 OK", [("A", "b")], protocol="HTTP/1.1")
    head.compute_headers_buffer()
    assert head.headers_buff == b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n"
    assert WARCWriter(io.BytesIO(), gzip=False, warc_version="1.1").warc_version == "WARC/1.1"


def test_the_reducers_of_pickle() -> None:
    """The standard library's table of what can be sent to another process."""
    assert ForkingPickler._extra_reducers
