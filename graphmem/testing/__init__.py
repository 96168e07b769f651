"""For tests of ours and of plug-in authors: a contract for stores, a clock that is set, an embedder without a
model, a language model that says what it is told to.

A store inherits the contract and writes nothing else:

>>> class TestMyStore(StoreContract):
...     @pytest.fixture
...     def store(self) -> Store:
...         return MyStore(clock=self.clock)
"""

from graphmem.testing.models import ScriptedModel
from graphmem.testing.parts import FixedClock, Scribe, WordEmbedder, refused
from graphmem.testing.store import StoreContract

__all__ = ["FixedClock", "Scribe", "ScriptedModel", "StoreContract", "WordEmbedder", "refused"]
