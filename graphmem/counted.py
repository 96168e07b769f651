"""`counted`: how many things, in words."""


def counted(many: int, things: str) -> str:
    """A number of things, named in the plural: "1 entity", "2 entities".

    >>> counted(1, "episodes"), counted(1, "entities"), counted(0, "facts")
    ('1 episode', '1 entity', '0 facts')
    """
    if many != 1:
        return f"{many} {things}"
    return f"1 {things[:-3]}y" if things.endswith("ies") else f"1 {things[:-1]}"
