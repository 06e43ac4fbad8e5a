import os
import signal

import pytest

from koor_provision.cli.image_stopping import stopped_cleanly


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_work_once_and_leaves_the_way_out_alone(number):
    before = signal.getsignal(number)
    cleared = []
    with pytest.raises(KeyboardInterrupt), stopped_cleanly():  # noqa: PT012  # the second signal is the test
        try:
            os.kill(os.getpid(), number)
        finally:
            os.kill(os.getpid(), number)
            cleared.append("all")
    assert cleared == ["all"]
    assert signal.getsignal(number) is before
