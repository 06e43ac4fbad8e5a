"""Who signed what: OpenSSH signatures (PROTOCOL.sshsig), made by OpenSSH and verified here."""
