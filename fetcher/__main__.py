"""`python -m fetcher` is `fetcher`."""

from fetcher.cli.main import main

if __name__ == "__main__":
    main()
