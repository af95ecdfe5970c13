"""Access: accounts, passwords, second factors, passkeys, sessions."""
