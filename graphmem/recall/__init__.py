"""Reading: from a question to hits with their proof. No language model, no knowledge of any particular store."""

from graphmem.recall.algorithm import answer_from

__all__ = ["answer_from"]
