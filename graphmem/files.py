"""The verbs of `Memory` that take an owner's memory out to a file, and in from one."""

from pathlib import Path
from typing import Unpack

from graphmem._colour import drive
from graphmem.handle import Handle, Who


class Files(Handle):
    """What is kept can be taken along: JSON Lines, the same from either store and for either."""

    def export(
        self,
        path: str | Path,
        *,
        entity: str | None = None,
        **who: Unpack[Who],
    ) -> int:
        """Write an owner's memory to a file of JSON Lines, readable without graphmem. Vectors are left out.

        The file is written beside `path` and moved there when it is whole. The same memory gives the same bytes.

        Args:
            path: The file.
            entity: Only what names this person or thing, which is what `forget(entity=...)` erases: facts, the whole
                texts that they were read from, and whom else they name.

        Returns:
            How many records were written.

        Raises:
            NotFound: There is no such entity in the memory of this call.
        """
        return drive(self._engine.export(self._scope(who), Path(path), entity=entity))

    def load(
        self,
        path: str | Path,
        **who: Unpack[Who],
    ) -> int:
        """Read a file that `export` wrote into an owner's memory.

        What is known already stays as it is, but for a fact that ended, came back, was dated anew or was read elsewhere
        too: that is brought forward, unless something was decided about it here or it was rejected.

        Returns:
            How many records were new, or told of a change.

        Raises:
            BadLine: A line cannot be read; nothing of its transaction was written.
            FormatTooNew: A newer graphmem wrote the file.
        """
        return drive(self._engine.load(self._scope(who), Path(path)))
