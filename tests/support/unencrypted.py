"""For clients of a server on this machine, which speaks no TLS."""

from __future__ import annotations

import ssl

PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody: to read whom takes longer than most answers
