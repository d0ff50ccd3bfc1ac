"""requests in a pool of threads, with one session a thread so that connections are kept."""

import argparse
import csv
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import requests

TITLE = re.compile(r"<title>(.*?)</title>", re.IGNORECASE | re.DOTALL)
local = threading.local()


def fetch(url: str) -> tuple[str, int, str]:
    if not hasattr(local, "session"):
        local.session = requests.Session()
    response = local.session.get(url, timeout=30)
    match = TITLE.search(response.text)
    return url, response.status_code, match.group(1) if match else ""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("list")
    parser.add_argument("out")
    parser.add_argument("-c", "--concurrency", type=int, default=100)
    options = parser.parse_args()
    with (
        open(options.list) as lines,
        open(options.out, "w", newline="") as file,
        ThreadPoolExecutor(options.concurrency) as pool,
    ):
        out = csv.writer(file)
        out.writerow(["url", "status", "title"])
        out.writerows(pool.map(fetch, (line.strip() for line in lines)))
