"""An IMAP server on loopback that keeps no keywords, as Exchange Online does: as much of RFC 3501 as a reader asks."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class PlainMailbox:
    messages: dict[int, bytes]  # by UID
    validity: int = 7
    flags: dict[int, set[str]] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"imap://agenda@127.0.0.1:{self.port}/INBOX"

    def answer(self, command: str) -> bytes:
        """What comes before the tagged OK."""
        self.commands.append(command)
        if command.startswith("SELECT"):
            kept = b"* OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft)]\r\n"
            return b"* %d EXISTS\r\n* OK [UIDVALIDITY %d]\r\n" % (len(self.messages), self.validity) + kept
        if found := re.match(r"UID SEARCH UNDELETED (?:UID (\d+):\*)?", command):
            uids = sorted(self.messages)
            later = [uid for uid in uids if uid >= int(found[1])] or uids[-1:] if found[1] else uids
            return b"* SEARCH %s\r\n" % " ".join(map(str, later)).encode()
        if found := re.match(r"UID FETCH (\d+)", command):
            raw = self.messages[int(found[1])]
            return b"* 1 FETCH (UID %s BODY[]<0> {%d}\r\n%s)\r\n" % (found[1].encode(), len(raw), raw)
        if found := re.match(r"UID STORE (\d+) ([+-])FLAGS \((.*)\)", command):
            held, named = self.flags.setdefault(int(found[1]), set()), set(found[3].split())
            self.flags[int(found[1])] = held | named if found[2] == "+" else held - named
        return b"* CAPABILITY IMAP4rev1\r\n" if command == "CAPABILITY" else b""


@contextmanager
def plain_mailbox(*messages: bytes) -> Iterator[PlainMailbox]:
    box = PlainMailbox(messages=dict(enumerate(messages, 11)))

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            for line in self.rfile:
                tag, _, command = line.decode().strip().partition(" ")
                self.wfile.write(box.answer(command) + f"{tag} OK done\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield box
        finally:
            server.shutdown()
