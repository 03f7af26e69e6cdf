"""Reads cargo's JSON messages and prints the programs that a build made, one path a line.

    cargo test --no-run --message-format=json | cargo_targets.py tests PACKAGE
    cargo test --no-run --message-format=json | cargo_targets.py examples
"""

import json
import sys


def programs(lines, kind: str, package: str | None):
    for line in lines:
        message = json.loads(line) if line.startswith("{") else {}
        if message.get("reason") != "compiler-artifact" or not message.get("executable"):
            continue
        is_test = message["profile"]["test"]
        is_example = "example" in message["target"]["kind"]
        # Package ids look like path+file:///…/crates/infra-mongo#0.1.0.
        if kind == "tests" and is_test and f"/{package}#" in message["package_id"]:
            yield message["executable"]
        elif kind == "examples" and is_example and not is_test:
            yield message["executable"]


if __name__ == "__main__":
    wanted_package = sys.argv[2] if len(sys.argv) > 2 else None
    for path in programs(sys.stdin, sys.argv[1], wanted_package):
        print(path)
