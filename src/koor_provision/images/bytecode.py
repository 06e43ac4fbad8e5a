"""Has the program of the first boot compiled by the Python that will run it: half of its time went into compiling.

Ansible's modules load some forty files of it, and a machine without hardware support compiles for longer than it works.
"""

from koor_provision.images.containers import Container

_COMPILE = b"""
import io, os, py_compile, sys, tempfile, zipfile
given = zipfile.ZipFile(sys.argv[1])
made = io.BytesIO()
with tempfile.TemporaryDirectory(dir="/run") as folder, zipfile.ZipFile(made, "w") as archive:
    source, target = os.path.join(folder, "source.py"), os.path.join(folder, "target.pyc")
    for entry in given.infolist():
        data = given.read(entry)
        archive.writestr(entry, data, entry.compress_type)
        if entry.filename.endswith(".py"):
            with open(source, "wb") as file:
                file.write(data)
            # By the source's hash and never held against it: a time would be another one in each build.
            py_compile.compile(source, target, entry.filename, doraise=True,
                               invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
            compiled = zipfile.ZipInfo(entry.filename + "c", entry.date_time)
            compiled.external_attr = entry.external_attr
            with open(target, "rb") as file:
                archive.writestr(compiled, file.read(), zipfile.ZIP_STORED)
sys.stdout.buffer.write(made.getvalue())
"""
_PLACE = "/run/koor-first-boot.pyz"


def compiled(server: Container, program: bytes) -> bytes:
    """The program with bytecode beside each source; the same Python makes the same of the same.

    Args:
        server: a container with the Python of the image.
        program: an archive that Python runs.

    Raises:
        RunError: it cannot be compiled, as this Python is too old for it.
    """
    doing = "compiling what the first boot runs"
    server.run("sh", "-c", f"cat >{_PLACE}", given=program, doing=doing)
    try:
        return server.run(
            "python3", "-I", "-B", "-", _PLACE, given=_COMPILE, doing=doing, environment={"PYTHONHASHSEED": "0"}
        )
    finally:
        server.run("rm", "-f", _PLACE, doing=doing)
