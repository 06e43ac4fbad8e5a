"""What each hypervisor wants around the disk. Pure: values in, text out."""
