"""`fetcher demo`: try everything offline."""

import asyncio
from typing import Annotated

import typer


def demo(
    serve: Annotated[
        bool, typer.Option("--serve", help="Only serve the demo site, until Ctrl-C.")
    ] = False,
    port: Annotated[
        int, typer.Option("--port", help="Port to serve on; 0 picks a free one.", metavar="PORT")
    ] = 8765,
) -> None:
    """Serve a small demo site on this machine and fetch its titles.

    No request leaves this machine.

    Examples:
        fetcher demo
        fetcher demo --serve --port 8765
    """
    from fetcher.cli.demo_job import run_demo, serve_demo

    raise typer.Exit(asyncio.run(serve_demo(port) if serve else run_demo()))
