"""A webhook's receiver as a program: writes the body of each request on a line, until killed."""

import asyncio
import sys

from tests.notify.receiving import receiver


async def main() -> None:
    """Tell where it listens, and then what comes in."""
    async with receiver() as hook:
        print(hook.url, flush=True)
        told = 0
        while True:
            await asyncio.sleep(0.05)
            for got in hook.received[told:]:
                print(got.body.decode(), flush=True)
            told = len(hook.received)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
