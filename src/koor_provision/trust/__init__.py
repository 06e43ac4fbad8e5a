"""Who signed what: OpenSSH signatures (PROTOCOL.sshsig), verified by OpenSSH itself."""
