"""What a notebook shows of memory."""


def mimebundle(shown: object) -> dict[str, str]:
    """What to show, by the type of its text."""
    return {"text/plain": " · ".join(str(shown).splitlines())}
