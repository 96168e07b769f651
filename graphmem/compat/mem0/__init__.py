"""Programs written for Mem0 run after changing one import.

>>> from graphmem.compat.mem0 import Memory
>>> memory = Memory({"vector_store": {"config": {"path": ":memory:"}}})
>>> added = memory.add("Ada works at Acme.", user_id="ada")
>>> memory.search("Where does Ada work?", user_id="ada")["results"][0]["memory"]
'Ada works at Acme.'

What maps, what differs and what is not there: docs/coming_from_mem0.md.
"""

from graphmem.compat.mem0.client import AsyncMemoryClient, MemoryClient
from graphmem.compat.mem0.memory import AsyncMemory, Memory
from graphmem.compat.mem0.notices import Mem0Difference

__all__ = ["AsyncMemory", "AsyncMemoryClient", "Mem0Difference", "Memory", "MemoryClient"]
