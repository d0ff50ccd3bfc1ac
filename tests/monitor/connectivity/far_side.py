"""Web servers on every address of this network namespace: a program for the far side of a wire."""

import asyncio

from tests.support.raw import OK, RawServer


async def main() -> None:
    """Serve until killed."""
    async with RawServer(default=OK, host="0.0.0.0", port=80) as server:
        print(server.port, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
