"""One look at an image, whatever it comes upon: what is broken is a check that failed, and never a bug of ours."""

import struct
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import ParseError

from koor_provision.errors import KoorError
from koor_provision.images.boot.trial import Check

BROKEN = (
    OSError,
    AttributeError,  # as the two below: a document that holds something of another kind
    TypeError,
    LookupError,
    EOFError,
    ValueError,  # and with it what is no UTF-8 and no JSON
    RuntimeError,  # too deep, or a zip that asks for a password
    struct.error,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
)
_SHOWN = 50


def check(name: str, look: Callable[[], Iterator[str]]) -> Check:
    """Look, and say everything that is wrong, a line each.

    Args:
        look: yields what is wrong; may raise where what it reads is not what it should be.
    """
    begun = time.monotonic()
    wrong: list[str] = []
    try:
        wrong.extend(look())
    except KoorError as error:
        wrong.append(f"{error}\n{error.hint}" if error.hint else str(error))
    except BROKEN as error:
        wrong.append(f"cannot be read: {type(error).__name__}: {error}")
    if wrong[_SHOWN:]:
        wrong[_SHOWN:] = [f"and {len(wrong) - _SHOWN} more"]
    return Check(name, "\n".join(wrong), time.monotonic() - begun)
