"""What real mail programs send back, each with the version whose form it has (Debian 12, and providers in 2026)."""

from __future__ import annotations

from dataclasses import dataclass

ADDRESS = "nadie@sede.example"  # whom our message went to
OTHER = "colega@otra.example"  # whom that address forwards to, or a member of the list that it is
KEY, DOMAIN = "a919f7069c6cd17b994ea831676a07b9", "ine.example"
_HEADERS = """From: Agenda <agenda@ine.example>
To: <{address}>
Message-ID: <{key}@ine.example>
List-Unsubscribe: <https://agenda.example/leave/{link}>
Subject: Taller
"""


@dataclass(frozen=True, kw_only=True)
class Report:
    """A notification as one program writes it."""

    program: str
    status: str = "5.0.0"
    action: str = "failed"
    diagnostic: str = ""  # the whole field, with its type; "" where it writes none
    final: str = ADDRESS
    original: str = ""
    fields: str = ""  # more fields of this recipient, each with its line feed
    head: str = ""  # more header fields of the message
    prose: str = "Your message could not be delivered."
    report: str = 'multipart/report; report-type=delivery-status; boundary="b"'
    encoding: str = ""  # of the returned header

    def message(
        self, *, to: str = "agenda@ine.example", key: str = KEY, link: str = "none", address: str = ADDRESS
    ) -> bytes:
        returned = self.returned(_HEADERS.format(address=address, key=key, link=link))
        text = (
            f"Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@relay.example>\nTo: {to}\n"
            f"Subject: Returned mail\n{self.head}MIME-Version: 1.0\nContent-Type: {self.report}\n\n"
            f"--b\nContent-Type: text/plain\n\n{self.prose}\n"
            f"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; relay.example\n\n{self.block()}\n"
            f"--b\n{returned}\n--b--\n"
        )
        return text.replace(ADDRESS, address).encode()

    def block(self) -> str:
        original = f"Original-Recipient: rfc822;{self.original}\n" if self.original else ""
        said = f"Diagnostic-Code: {self.diagnostic}\n" if self.diagnostic else ""
        final = f"Final-Recipient: rfc822; {self.final}\n" if self.final else ""
        return f"{final}{original}Action: {self.action}\nStatus: {self.status}\n{self.fields}{said}"

    def returned(self, headers: str) -> str:
        kind = "Content-Type: text/rfc822-headers\n"
        if self.encoding != "quoted-printable":
            return f"{kind}\n{headers}"
        soft = headers.replace("Message-ID: <", "Message-ID: =\n<").replace("@ine", "=\n@ine")
        return f"{kind}Content-Transfer-Encoding: quoted-printable\n\n{soft}"


_UNKNOWN = f"smtp; 550 5.1.1 <{ADDRESS}>: Recipient address rejected: User unknown"
_TARGET = f"smtp; 550 5.1.1 <{OTHER}>: Recipient address rejected: User unknown"
_GMAIL = "smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try"
_OPENSMTPD = 'multipart/mixed;boundary="b"'
_DENIED = "smtp;550 5.4.1 Recipient address rejected: Access denied. [AM2PEPF0001.eurprd01.prod.outlook.example]"
EXIM, COURIER = "exim 4.96", "courier-mta 1.0.16"
POSTFIX, SENDMAIL, OPENBSD = "postfix 3.7.11", "sendmail 8.17.1.9", "opensmtpd 6.8.0p2"

HARD = [
    Report(program=EXIM, diagnostic=_UNKNOWN, head=f"X-Failed-Recipients: {ADDRESS}\nAuto-Submitted: auto-replied\n"),
    Report(program=EXIM, diagnostic="smtp; 551 5.1.6 User has moved"),
    Report(program=COURIER, diagnostic=_GMAIL),
    Report(program=POSTFIX, status="5.1.1", diagnostic=_UNKNOWN, original=ADDRESS),
    Report(program=POSTFIX, status="5.1.1", diagnostic='X-Postfix; unknown user: "nadie"'),
    Report(program=SENDMAIL, status="5.1.1", diagnostic=_UNKNOWN, fields=f"X-Actual-Recipient: rfc822; {ADDRESS}\n"),
    Report(
        program=SENDMAIL,
        status="5.1.1",
        diagnostic="SMTP; 550 5.1.1 unknown",
        fields="X-Actual-Recipient: rfc822; nadie@mail.sede.example\n",
    ),
    Report(
        program=OPENBSD, report=_OPENSMTPD, prose=f"Hi!\n\n{ADDRESS}: 550 5.1.1 no such user\n\n    Below is a copy"
    ),
    Report(program="nullmailer 2.2", status="5.1.1", diagnostic=f"{_GMAIL}\n550-5.1.1 double-checking\n550 5.1.1 it"),
    Report(
        program="Exchange Online, NDR of 2026",
        status="5.1.10",
        diagnostic="smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound",
    ),
    Report(program="Exchange Online, directory-based blocking, 2026", status="5.4.1", diagnostic=_DENIED),
    Report(
        program="Cisco Email Security 15",
        status="5.1.0",
        diagnostic="smtp; 5.1.0 - Unknown address error 550-'5.1.1 <nadie> unknown'",
    ),
    Report(
        program="a gateway around Postfix 3.7", status="5.1.0", diagnostic="smtp; 550 5.1.0 rejected: 550 5.1.1 unknown"
    ),
    Report(program="Amazon SES, 2026", status="5.1.1", diagnostic=""),
    Report(program="a server without Final-Recipient", final="", original=ADDRESS, status="5.1.1", diagnostic=_UNKNOWN),
    Report(program="the same, in quoted-printable", status="5.1.1", encoding="quoted-printable"),
]
SOFT = [
    Report(program=EXIM, diagnostic="smtp; 552 5.2.2 Over quota"),
    Report(program=EXIM),  # «Unrouteable address»: it gives no code at all
    Report(program=EXIM, diagnostic="smtp; 550 No such user here"),
    Report(program=EXIM, diagnostic="smtp; 451 4.7.1 Greylisted, please try again later: retry timeout exceeded"),
    Report(program=SENDMAIL, status="5.1.1", diagnostic="SMTP; 550 Access denied - sending server is on our filter"),
    Report(
        program=SENDMAIL, status="5.1.2", diagnostic="SMTP; 550 Host unknown", fields="Remote-MTA: DNS; sede.example\n"
    ),
    Report(program=SENDMAIL, status="5.1.2"),
    Report(program=SENDMAIL, status="4.4.7", diagnostic="SMTP; 450 4.2.0 try again later"),
    Report(program=POSTFIX, status="5.4.4", diagnostic="X-Postfix; Host or domain name not found"),
    Report(program=POSTFIX, status="5.4.1", diagnostic="X-Postfix; connect to mx.sede.example: No route to host"),
    Report(program=COURIER, diagnostic="unknown; No such domain."),
    Report(program=OPENBSD, report=_OPENSMTPD, prose=f"{ADDRESS}: Domain does not exist"),
    Report(program=OPENBSD, report=_OPENSMTPD, action="delayed", status="4.4.7", prose=f"{ADDRESS}: Envelope expired"),
    Report(
        program="Yahoo behind postfix 3.7.11",
        diagnostic="smtp; 554 delivery error: dd This user doesn't have an account",
    ),
]
ANOTHERS = [  # the address forwards, or is a list: one other address died
    Report(program=EXIM, diagnostic=_TARGET, head=f"X-Failed-Recipients: {OTHER}\n"),
    Report(program=EXIM, diagnostic=_TARGET),
    Report(program=POSTFIX, status="5.1.1", diagnostic=_TARGET, final=OTHER, original=ADDRESS),
    Report(program=SENDMAIL, status="5.1.1", diagnostic=_TARGET, fields=f"X-Actual-Recipient: rfc822; {OTHER}\n"),
    Report(program=COURIER, diagnostic=_TARGET, final=OTHER, original=ADDRESS),
    Report(program=OPENBSD, report=_OPENSMTPD, final=OTHER, prose=f"{OTHER}: 550 5.1.1 unknown"),
]
OURS = [  # policy, block lists, our sender, the message
    Report(
        program=POSTFIX, status="5.7.1", diagnostic="smtp; 554 5.7.1 Client host [192.0.2.1] blocked using bl.example"
    ),
    Report(program=EXIM, diagnostic="smtp; 550 5.7.26 unauthenticated mail is not accepted"),
    Report(program=EXIM, diagnostic="smtp; 554 Service unavailable; Client host blocked using bl.example"),
    Report(program=SENDMAIL, status="5.1.8", diagnostic="SMTP; 550 5.1.8 Sender address rejected: Domain not found"),
    Report(program=SENDMAIL, status="5.3.4", diagnostic="SMTP; 552 5.3.4 Message too big for system"),
    Report(program=COURIER, diagnostic="smtp; 552 5.2.3 message too long for this mailbox"),
    Report(program=OPENBSD, report=_OPENSMTPD, prose=f"{ADDRESS}: 554 5.6.0 message content rejected"),
]
NOT_FAILED = {
    "delayed": [
        Report(program=POSTFIX, action="delayed", status="4.7.1", diagnostic="smtp; 451 4.7.1 Greylisted"),
        Report(program=COURIER, action="delayed", status="4.0.0"),
        Report(
            program="Exchange Online, 2026",
            action="delayed",
            status="4.4.7",
            diagnostic="smtp;400 4.4.7 Message delayed",
        ),
        Report(
            program="Exchange 2019", action="delayed", status="4.4.7", fields="Will-Retry-Until: Sun, 29 Nov 2026\n"
        ),
    ],
    "delivered": [Report(program=SENDMAIL, action="delivered (to mailbox)", status="2.1.5")],
    "relayed": [
        Report(program=POSTFIX, action="relayed", status="2.0.0", diagnostic="smtp; 250 2.0.0 queued as 1"),
        Report(program=POSTFIX, action="expanded", status="2.0.0", diagnostic="X-Postfix; alias expanded"),
    ],
}

DMA = f"""\
Return-Path: <>
From: MAILER-DAEMON <>
To: agenda@ine.example
X-Original-To: <{ADDRESS}>
Subject: Mail delivery failed

This is the DragonFly Mail Agent v0.13 at relay.example.

There was an error delivering your mail to <{ADDRESS}>.

{{words}}

Message headers follow.

Received: from root (uid 0)
Message-ID: <{KEY}@ine.example>
To: <{ADDRESS}>
"""
QMAIL = f"""\
Return-Path: <>
From: MAILER-DAEMON@relay.example
To: agenda@ine.example
Subject: failure notice

Hi. This is the qmail-send program at relay.example.

<{ADDRESS}>:
192.0.2.7 does not like recipient.
Remote host said: 550 5.1.1 unknown user

--- Below this line is a copy of the message.

Message-ID: <{KEY}@ine.example>
"""
_NULL = "Return-Path: <>\nFrom: {who}\n"
SILENT = {  # automatic, whatever numbers stand in it
    "exim 4.96 autoreply": f"{_NULL}Auto-Submitted: auto-replied\n\nIch bin bis 5.12.26 nicht da.\n",
    "dovecot-sieve 0.5.19 vacation": f"{_NULL}Auto-Submitted: auto-replied (vacation)\n\n550 5.1.1\n",
    "postmaster, out of office": (
        "From: postmaster@sede.example\nAuto-Submitted: auto-replied\n\nRoom 5.1.1 is closed.\n"
    ),
    "vacation 3.3 with a mark": "Return-Path: <>\nFrom: {who}\nX-Autoreply: yes\n\nTel. 5.623.100; 550 5.1.1\n",
    "dovecot 2.3.19 reject (MDN)": (
        "Return-Path: <>\nFrom: Postmaster <postmaster@sede.example>\n"
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\n550 5.1.1 was automatically rejected\n--b--\n"
    ),
}
FOR_PEOPLE = {  # nothing marks it, and it reports nothing
    "bsd vacation": "From: {who}\n\nEstoy de vacaciones hasta el 5.12.26.\n",
    "a null sender without a code": "Return-Path: <>\nFrom: {who}\n\nCorreo 5.10.2, 5.000.000 y la sala 5.1.1\n",
    "a warning in prose": "From: MAILER-DAEMON@relay.example\nSubject: Warning: could not send\n\nstill trying\n",
}
