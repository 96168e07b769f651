"""Changing what memory holds already: putting right, joining, looking over, and forgetting.

Each module reads what a change touches, decides about it without input or output, and hands the store one draft or one
list of what to erase.
"""
