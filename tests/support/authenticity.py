"""What servers write of whom they vouch for."""

from __future__ import annotations

OURS, ANA = "mx.ine.example", "ana@tokio.example"
PASS = f"Authentication-Results: {OURS}; dkim=pass header.d=tokio.example\n"
FOREIGN = "Authentication-Results: mx.evil.example; dkim=pass header.d=tokio.example\n"
