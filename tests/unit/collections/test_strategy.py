import os
import subprocess
import sys
from pathlib import Path

import pytest

from koor_provision.load.resources import collections

PLAY = """
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.command: python3 -I -c "import os; print(sorted(os.sched_getaffinity(0)))"
      register: processors
    - ansible.builtin.copy: {content: "{{ processors.stdout }}", dest: "{{ answer }}", mode: "0600"}
"""


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="with one processor there is nothing to share")
def test_what_runs_on_the_target_may_use_all_processors(tmp_path: Path) -> None:
    play, answer = tmp_path / "play.yml", tmp_path / "answer"
    play.write_text(PLAY, encoding="ascii")
    done = subprocess.run(
        [
            Path(sys.executable).parent / "ansible-playbook", "-i", "localhost,", "-c", "local",
            "-e", f"answer={answer} ansible_python_interpreter={sys.executable}", play,
        ],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "LANG": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(collections()),
            "ANSIBLE_STRATEGY": "koor.provision.mitogen_linear",
        },
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert answer.read_text() == str(sorted(os.sched_getaffinity(0)))
