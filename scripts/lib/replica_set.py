"""Turns a fresh mongod into a replica set of one node, or of several, and waits for its primary.

    replica_set.py initiate HOST:PORT [--member HOST:PORT]…
    replica_set.py is-primary HOST:PORT      (answers by its exit code)
    replica_set.py drop-databases URI --prefix PREFIX

The first address is the one to speak to; the members default to it. Needs no mongosh, so it works with every image.
"""

import argparse
import sys
import time

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

ALREADY_INITIALIZED = 23


def initiate(address: str, members: list[str], deadline: float) -> None:
    client = MongoClient(f"mongodb://{address}/?directConnection=true", serverSelectionTimeoutMS=30_000)
    config = {"_id": "rs0", "members": [{"_id": i, "host": host} for i, host in enumerate(members)]}
    if len(members) > 1:
        wait_until_up(members)
    try:
        client.admin.command("replSetInitiate", config)
    except OperationFailure as error:
        if error.code != ALREADY_INITIALIZED:
            raise
    while not has_primary(client, len(members)):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{address} has no primary after 60 s")
        time.sleep(0.05)


def wait_until_up(members: list[str]) -> None:
    """The command is refused while a member doesn't answer yet."""
    for host in members:
        MongoClient(f"mongodb://{host}/?directConnection=true", serverSelectionTimeoutMS=30_000).admin.command("ping")


def has_primary(client: MongoClient, members: int) -> bool:
    """With one member it must be the primary itself; with more, any of them may have won the election."""
    hello = client.admin.command("hello")
    return bool(hello.get("isWritablePrimary") if members == 1 else hello.get("primary"))


def is_primary(address: str) -> bool:
    client = MongoClient(f"mongodb://{address}/?directConnection=true", serverSelectionTimeoutMS=2_000)
    try:
        return bool(client.admin.command("hello").get("isWritablePrimary"))
    except PyMongoError:
        return False


def drop_databases(uri: str, prefix: str) -> None:
    client = MongoClient(uri, serverSelectionTimeoutMS=5_000)
    for name in client.list_database_names():
        if name.startswith(prefix):
            client.drop_database(name)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("action", choices=["initiate", "is-primary", "drop-databases"])
    parser.add_argument("address")
    parser.add_argument("--member", action="append", default=[])
    parser.add_argument("--prefix")
    arguments = parser.parse_args()
    if arguments.action == "is-primary":
        return 0 if is_primary(arguments.address) else 1
    if arguments.action == "drop-databases":
        if not arguments.prefix:
            parser.error("drop-databases needs a --prefix")
        drop_databases(arguments.address, arguments.prefix)
        return 0
    try:
        initiate(arguments.address, arguments.member or [arguments.address], time.monotonic() + 60)
    except (PyMongoError, TimeoutError) as error:
        print(f"error: {arguments.address} did not become a replica set: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
