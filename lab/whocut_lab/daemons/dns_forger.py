"""Answers DNS questions that a router led astray; runs in the router's namespace."""

import socket
import threading
from collections.abc import Sequence

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from whocut_lab.actions import Answer

__all__ = ["DnsForger"]

_RCODES = {
    Answer.NXDOMAIN: dns.rcode.NXDOMAIN,
    Answer.SERVFAIL: dns.rcode.SERVFAIL,
    Answer.REFUSED: dns.rcode.REFUSED,
}

_WAKE_S = 0.2


def _forge(question: dns.message.Message, answer: Answer, addresses: Sequence[str]) -> bytes:
    forged = dns.message.make_response(question)
    forged.flags |= dns.flags.AA | dns.flags.RA
    forged.set_rcode(_RCODES.get(answer, dns.rcode.NOERROR))
    asked = question.question[0]
    if answer is Answer.ADDRESSES and asked.rdtype == dns.rdatatype.A:
        forged.answer.append(
            dns.rrset.from_text_list(asked.name, 60, dns.rdataclass.IN, dns.rdatatype.A, addresses)
        )
    return forged.to_wire()


class DnsForger:
    """Listens on one UDP port of the namespace it is made in, until it is stopped."""

    def __init__(self, address: tuple[str, int], answer: Answer, addresses: Sequence[str]) -> None:
        self._answer, self._addresses = answer, addresses
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(address)
        self._socket.settimeout(_WAKE_S)
        self._is_stopped = threading.Event()
        threading.Thread(target=self._serve, daemon=True, name="forger").start()

    def stop(self) -> None:
        """Stop answering."""
        self._is_stopped.set()

    def _serve(self) -> None:
        while not self._is_stopped.is_set():
            try:
                datagram, client = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            try:
                question = dns.message.from_wire(datagram)
            except dns.exception.DNSException:
                continue
            if question.question:
                self._socket.sendto(_forge(question, self._answer, self._addresses), client)
        self._socket.close()
