"""What a failure may have in common with others."""

from dataclasses import dataclass

from fetcher.failures import FailureKind
from fetcher.judgement.verdict import Trouble
from fetcher.monitor.plan import MonitorTarget
from fetcher.monitor.target_state import Observation
from fetcher.urls import Url, UrlError, parse

_OF_HOST = frozenset(
    {
        Trouble.CONNECT,
        Trouble.TIMEOUT,
        Trouble.PROTOCOL,
        Trouble.SERVER_ERROR,
        Trouble.RATE_LIMITED,
        Trouble.BLOCKED,
    }
)
_OF_CONNECTION = frozenset({Trouble.CONNECT, Trouble.TIMEOUT})
_OF_RESOLVER = frozenset({FailureKind.DNS_FAILED, FailureKind.DNS_TIMEOUT})
_FINGERPRINT_SHOWN = 16

RESOLVER = "resolver"
"""What names that no name server could resolve have in common."""


@dataclass(frozen=True, slots=True)
class Causes:
    """What may be behind a failure.

    keys: such as `host:example.org`; failures that have one in common belong together. words: the
    likeliest of them for people, "" if it is the target itself.
    """

    keys: frozenset[str]
    words: str = ""


def causes_of(target: MonitorTarget, observation: Observation) -> Causes:
    """Return what a failed or slow check may have in common with others.

    - The name does not resolve: `host:` with and without the port; and `resolver`, if that may be
      because of the name servers.
    - No connection, no answer in time, an answer that is broken, late, or a server's error:
      `host:`; and `address:` with the port, if there was no connection.
    - The certificate: `certificate:`; and `host:`, if it prevented the connection. A certificate
      that expires soon says nothing else about its host.
    - What is wrong with one page, such as its content: `target:` alone.
    """
    url, trouble = _url(target), observation.trouble
    if url is None or trouble is None:
        return _of_target(target)
    if trouble is Trouble.DNS:
        keys = {f"host:{_bracketed(url.hostname)}", f"host:{url.host}"}
        if observation.failure in _OF_RESOLVER:
            return Causes(frozenset({*keys, RESOLVER}), f"the name servers for {url.hostname}")
        return Causes(frozenset(keys), f"the name {url.hostname}")
    if trouble is Trouble.TLS:
        return _of_certificate(url, observation)
    if trouble not in _OF_HOST:
        return _of_target(target)
    ip = observation.ip
    if trouble in _OF_CONNECTION and ip and not _connected(observation):
        address = f"{_bracketed(ip)}:{url.port}"
        keys = {f"host:{url.host}", f"address:{address}"}
        return Causes(frozenset(keys), f"the address {address}")
    return Causes(frozenset({f"host:{url.host}"}), f"the server at {url.host}")


def _of_certificate(url: Url, observation: Observation) -> Causes:
    fingerprint = observation.fingerprint
    keys = {f"certificate:{fingerprint}"} if fingerprint else set()
    if observation.status is None or not fingerprint:
        keys.add(f"host:{url.host}")
    shown = f" ({fingerprint[:_FINGERPRINT_SHOWN]})" if fingerprint else ""
    return Causes(frozenset(keys), f"the certificate of {url.host}{shown}")


def _of_target(target: MonitorTarget) -> Causes:
    return Causes(frozenset({f"target:{target.key}"}))


def _connected(observation: Observation) -> bool:
    """True if something answered: then the address is not what is wrong.

    Many sites share one address, of a content delivery network for example, and each may be slow
    for reasons of its own.
    """
    timings = observation.timings
    reached = (observation.status, timings.connect, timings.tls, timings.first_byte)
    return any(part is not None for part in reached)


def _url(target: MonitorTarget) -> Url | None:
    try:
        return parse(target.url)
    except UrlError:
        return None


def _bracketed(name: str) -> str:
    """Return an IPv6 address in brackets (RFC 3986, section 3.2.2), anything else as it is."""
    return f"[{name}]" if ":" in name else name
