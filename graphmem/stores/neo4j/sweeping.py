"""What is over goes: plain deletes, by whoever comes first. For proof that nothing is left there is erasing."""

from graphmem.moment import Clock, utc
from graphmem.protocols import Erasure
from graphmem.stores.neo4j import erasing
from graphmem.stores.neo4j.connection import Connection, Transaction
from graphmem.stores.neo4j.erasing import Writing


async def is_due(tx: Transaction, clock: Clock) -> bool:
    """Whether something is over, whoever's it is."""
    return bool(await tx.run("read/due", now=utc(clock())))


async def sweep(connection: Connection, *, writing: Writing, clock: Clock) -> bool:
    """Delete what is over, whoever's it is: spaces with their journals, episodes with what they alone support. Returns
    whether anything was.
    """
    now = utc(clock())
    due = await connection.read("due", lambda tx: tx.run("read/due", now=now))
    for space, is_over in ((row["space"], row["is_over"]) for row in due):
        erasure = Erasure((space,), everything=True)
        if not is_over:
            rows = await connection.read(
                "due", lambda tx, space=space: tx.run("read/due_episodes", space=space, now=now)
            )
            erasure = Erasure((space,), episodes=tuple(row["id"] for row in rows))
        await erasing.erase(connection, erasure, writing=writing, clock=clock, over_at=now)
    return bool(due)
