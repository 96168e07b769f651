"""What a vector has to be before it is stored."""

import math

import numpy as np

from graphmem.errors import InvalidInput
from graphmem.protocols import Vector

TOLERANCE = 1e-3
"""Of the length 1: single precision, summed over a thousand numbers."""


def unit(vector: Vector, dimensions: int) -> Vector:
    """The vector as it is stored.

    Raises:
        InvalidInput: It has another length, is not of unit length (nor zero), or holds what is not a number.
    """
    stored = np.ascontiguousarray(vector, dtype=np.float32)
    if stored.shape != (dimensions,):
        raise InvalidInput(f"a vector has the shape {stored.shape}: this store holds {dimensions} numbers each")
    length = math.sqrt(stored @ stored)
    if not (length == 0.0 or abs(length - 1.0) < TOLERANCE):  # also where it is not a number
        raise InvalidInput(f"a vector has the length {length:.4g}: embedders return unit length, or zero")
    return stored
