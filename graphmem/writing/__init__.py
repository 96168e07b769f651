"""From what was said to one draft to write: the way of `add`, in the order its steps happen.

`intake` checks what callers pass (and `redaction` takes secrets out of it), `arriving` tells what of it is new,
`hearing` gives it to the extractor, `preparing` reads what is known about what was heard (`joining` and `voting` decide
who and what that is, `retelling` finds what was told again), `layering` tells whose it is, `drafting` reconciles both
(`claiming` makes facts of claims, `believing` is what stands after each), and `deciding` writes it, anew when another
writer came in between; `remembering` is that whole way. `conversing` reads a conversation back in order, `rereading`
does the same for episodes that a language model reads, and `ingesting` counts.
"""
