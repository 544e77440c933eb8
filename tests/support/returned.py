"""Messages that came back, as servers write them."""

from __future__ import annotations

KEY, DOMAIN = "a919f7069c6cd17b994ea831676a07b9", "ine.example"

POSTFIX = """\
Return-Path: <>
From: MAILER-DAEMON@relay.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-Id: <20211015000000.12345@relay.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain; charset=us-ascii

This is the mail system at host relay.example. I'm sorry to have to inform you …

--x
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
Arrival-Date: Fri, 15 Oct 2021 00:00:00 +0000 (UTC)

Final-Recipient: rfc822; uno@tokio.example
Original-Recipient: rfc822;uno@tokio.example
Action: {action}
Status: {status}
Remote-MTA: dns; mx.tokio.example
Diagnostic-Code: smtp; 550 {status} <uno@tokio.example>: {words}

--x
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Subject: Taller
Message-ID: <{key}@{domain}>
To: <uno@tokio.example>

--x--
"""
EXCHANGE = """\
From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@agenda.example>
To: {to}
Subject: No se puede entregar: Taller VMRE
Message-ID: <5d2f-41bd@outlook.example>
Auto-Submitted: auto-replied
X-MS-Exchange-Message-Is-Ndr:
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="y"

--y
Content-Type: multipart/alternative; boundary="z"

--z
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64

PGI+Tm8gc2UgZW5jb250csOzPC9iPg==

--z--

--y
Content-Type: message/delivery-status

Reporting-MTA: dns;DM6PR08MB1234.namprd08.prod.outlook.example

Final-recipient: RFC822;uno@tokio.example
Action: {action}
Status: {status}
Diagnostic-code: smtp;550 {status} RESOLVER.ADR.RecipNotFound; {words}

--y
Content-Type: message/rfc822

From: <agenda@ine.example>
To: <uno@tokio.example>
Message-ID:
 <{key}@{domain}>
Subject: Taller

texto
--y--
"""
GLOBAL = POSTFIX.replace("message/delivery-status", "message/global-delivery-status").replace("rfc822;", "utf-8;")
PROSE = """\
Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@old.example>
To: {to}
Subject: failure notice
Message-ID: <1@old.example>

Hi. This is the program at old.example. I could not deliver your message.

<uno@tokio.example>:
550 {status} {words} ({action})

--- Below this line is a copy of the message.

Message-ID: <{key}@{domain}>
Subject: Taller
"""
FORMS = {"postfix": POSTFIX, "exchange": EXCHANGE, "global": GLOBAL, "prose": PROSE}
VACATION = """\
From: uno@tokio.example
To: agenda@ine.example
Subject: Fuera de la oficina
Auto-Submitted: auto-replied
In-Reply-To: <{key}@ine.example>

Vuelvo el lunes. 5.1.1
"""
PERSON = """\
From: uno@tokio.example
To: agenda@ine.example
Subject: Re: Taller
In-Reply-To: <{key}@ine.example>

Gracias. ¿A qué hora es?
"""


def returned(
    form: str = "postfix",
    *,
    key: str = KEY,
    status: str = "5.1.1",
    action: str = "failed",
    to: str = "agenda@ine.example",
    words: str = "User unknown",
    domain: str = DOMAIN,
) -> bytes:
    made = FORMS[form].format(key=key, status=status, action=action, to=to, words=words, domain=domain)
    return made.replace("\n", "\r\n").encode()
