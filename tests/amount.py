"""How many examples a property is tried with: all of them, or with KOOR_TEST_SHARE=0.1 a tenth, for a quick answer."""

import os

SHARE = float(os.environ.get("KOOR_TEST_SHARE", "1"))


def examples(number: int) -> int:
    """This many, or the share of them that was asked for; one at least."""
    return max(round(number * SHARE), 1)
