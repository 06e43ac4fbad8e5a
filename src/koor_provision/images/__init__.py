"""The default image: a sealed root, a disk that boots everywhere, and what each hypervisor wants around it."""
