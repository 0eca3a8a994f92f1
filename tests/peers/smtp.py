"""A real SMTP server with STARTTLS: aiosmtpd on a port of the kernel's choice, which it prints first; then each mail it got.

    python3 tests/peers/smtp.py CERTIFICATE [tls]      (with `tls` nothing but STARTTLS is taken in plain text)
"""
import asyncio
import ssl
import sys

from aiosmtpd.smtp import SMTP


class Mails:
    async def handle_DATA(self, server, session, envelope):
        secured = "TLS" if session.ssl else "plain text"
        print(envelope.mail_from, envelope.rcpt_tos, len(envelope.content), secured, flush=True)
        return "250 kept"


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1])
    required = "tls" in sys.argv[2:]
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Mails(), tls_context=context, require_starttls=required, hostname="mail.test"), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
