"""`fetcher demo`: try everything, offline."""

import asyncio
from typing import Annotated

import typer


def demo(
    serve: Annotated[
        bool, typer.Option("--serve", help="Only serve the demo site, until Ctrl-C.")
    ] = False,
    port: Annotated[
        int, typer.Option("--port", help="Port to serve on; 0 takes any free one.")
    ] = 8765,
) -> None:
    """Start a small web site on this machine, and find the titles of its pages.

    Nothing leaves this machine.
    """
    from fetcher.cli.demo_job import run_demo, serve_demo

    raise typer.Exit(asyncio.run(serve_demo(port) if serve else run_demo()))
