"""All hosts of `check_peers.py` put up on loopback: nginx for TLS, a small server behind it."""

import datetime
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme
from check_faults import DOMAIN, Fault, Host
from check_server import SOCKET
from harness import HERE, SERVER_CORE

from tests.support.nginx import Nginx

WRONG_CERTIFICATES = (Fault.EXPIRED, Fault.WRONG_NAME, Fault.SELF_SIGNED)

NGINX = """
proxy_http_version 1.1;
proxy_set_header Connection "";
proxy_set_header Host $host;
proxy_pass_header Server;
proxy_read_timeout 1h;
server_names_hash_max_size 65536;
upstream pages { server unix:{root}/SOCKET; keepalive 128; }
"""
SERVER = """
server {{
    listen 127.0.0.1:{{port}} ssl{options};
    server_name {names};
    ssl_certificate {{root}}/{certificate}.pem;
    ssl_certificate_key {{root}}/{certificate}.pem;
    location / {{ proxy_pass http://pages; }}
}}
"""


@dataclass(frozen=True, slots=True)
class Site:
    """The hosts while they are up, each at 127.0.0.1.

    ports: of the faults that have a server of their own. port: of all others. ca_file: the
    authority that has signed what is right. name_server: ADDRESS:PORT of one that knows no name;
    doh_port: of another, that is asked over HTTPS.
    """

    hosts: Sequence[Host]
    port: int
    ports: Mapping[str, int]
    ca_file: Path
    name_server: str
    doh_port: int

    def url(self, host: Host) -> str:
        """Return the URL of a host."""
        # 443 for a name that does not exist: what holds for a port of ours gives it no address.
        usual = 443 if host.fault is Fault.NO_NAME else self.port
        port = self.ports.get(host.fault or "", usual)
        return f"https://{host.name}{'' if port == 443 else f':{port}'}{host.path}"

    @property
    def resolve(self) -> list[str]:
        """Return flags that give all names their address, for curl and for fetcher."""
        ports = (self.port, *self.ports.values())
        return [word for port in ports for word in ("--resolve", f"*:{port}:127.0.0.1")]


@contextmanager
def check_site(hosts: Sequence[Host]) -> Iterator[Site]:
    """Put up the hosts, on the core of the servers."""
    nginx = Nginx(_configuration(hosts), core=SERVER_CORE)
    _make_certificates(nginx.root)
    command = [sys.executable, str(HERE / "check_server.py"), str(len(hosts)), str(nginx.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            if SERVER_CORE is not None and hasattr(os, "sched_setaffinity"):
                os.sched_setaffinity(process.pid, {SERVER_CORE})
            known = json.loads(process.stdout.readline())
            with nginx:
                ca_file = nginx.root / "ca.pem"
                yield Site(hosts, nginx.port, ca_file=ca_file, **known)
        finally:
            process.terminate()


def _configuration(hosts: Sequence[Host]) -> str:
    """Return one server for all names, and one for each certificate that is wrong."""
    options = " default_server backlog=4096"
    servers = [SERVER.format(options=options, names=f"*.{DOMAIN}", certificate="good")]
    for fault in WRONG_CERTIFICATES:
        names = " ".join(host.name for host in hosts if host.fault is fault)
        servers.append(SERVER.format(options="", names=names, certificate=fault.name))
    return NGINX.replace("SOCKET", SOCKET) + "".join(servers)


def _make_certificates(folder: Path) -> None:
    authority, other, names = trustme.CA(), trustme.CA(), f"*.{DOMAIN}"
    now = datetime.datetime.now(datetime.UTC)
    past = {
        "not_before": now - datetime.timedelta(days=90),
        "not_after": now - datetime.timedelta(days=1),
    }
    authority.cert_pem.write_to_path(folder / "ca.pem")
    leaves = {
        "good": authority.issue_cert(names),
        Fault.EXPIRED.name: authority.issue_cert(names, **past),
        Fault.WRONG_NAME.name: authority.issue_cert("somebody-else.test"),
    }
    for name, leaf in leaves.items():
        leaf.private_key_and_cert_chain_pem.write_to_path(folder / f"{name}.pem")
    # What nobody has signed but itself.
    for pem in (other.private_key_pem, other.cert_pem):
        pem.write_to_path(folder / f"{Fault.SELF_SIGNED.name}.pem", append=True)
