"""The second factor of signing in: one-time codes (RFC 6238), passkeys (WebAuthn), recovery codes."""
