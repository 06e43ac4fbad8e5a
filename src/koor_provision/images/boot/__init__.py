"""Booting an image's files in qemu and looking at what came up. Software emulation is enough; no rights are needed."""
