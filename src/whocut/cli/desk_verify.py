"""``whocut desk verify``: look for a reply's token at the party's own domain."""

from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter

from whocut.cli.desk_options import QUEUE, KeeperName, QueueOptions
from whocut.cli.output import AS_TABLE, Output, write_json
from whocut.cli.terminal import print_prose
from whocut.ledger.vocabulary import Verification
from whocut.model.errors import UsageError
from whocut.publish.desk.decisions import Decision, Outcome, decide
from whocut.publish.desk.form import PartyReply
from whocut.publish.desk.ownership import (
    TOKEN_NAME,
    TOKEN_PATH,
    Looked,
    Lookup,
    Seen,
    Where,
    is_domain_of,
    look_for_token,
)
from whocut.publish.desk.queue import open_one

__all__ = ["verify"]

_AS = {Where.HTTPS: Verification.WELL_KNOWN_TOKEN, Where.DNS: Verification.DNS_TOKEN}


def verify(
    id_: Annotated[str, Parameter(name="ID", help="The id of a reply, or how it begins.")],
    /,
    *,
    domain: Annotated[str, Parameter(help="The domain to look at: the one that the reply names.")],
    by: KeeperName,
    unlisted: Annotated[
        bool,
        Parameter(negative="", help="The ledger's actors do not hold this domain; I made sure."),
    ] = False,
    nameserver: Annotated[
        str | None, Parameter(help="ADDRESS or ADDRESS:PORT; else those of this machine.")
    ] = None,
    dry_run: Annotated[
        bool, Parameter(negative="", help="Say what would be looked at, and send nothing.")
    ] = False,
    queue: QueueOptions = QUEUE,
    output: Output = AS_TABLE,
) -> int:
    """Look for the token of a reply at the domain it names: in the DNS, and in a file by HTTPS.

    This sends packets to the domain and its name servers, from this machine and never from the
    server: whoever runs the domain can see that somebody looked. What was seen is kept as a
    decision. Exit code 3 if the token is not there.
    """
    one = open_one(queue.queue, queue.keys(), queue.decided(), id_)
    body = one.body
    if not isinstance(body, PartyReply):
        raise UsageError(f"{one.id}: no reply, so it has no token")
    if domain.lower().rstrip(".") != body.domain:
        raise UsageError(f"--domain {domain}: the reply names {body.domain}; nothing was looked at")
    if not unlisted and not is_domain_of(body.party, body.domain):
        raise UsageError(
            f"{body.domain}: no domain that the ledger's actors hold for {body.party}: whoever "
            "runs it may be somebody else. Make sure by other ways, then add --unlisted"
        )
    if dry_run:
        print_prose(f"Would ask for TXT of {TOKEN_NAME}.{body.domain}, and for A and AAAA.")
        print_prose(f"Would fetch https://{body.domain}{TOKEN_PATH}, once.")
        return 0
    looked = look_for_token(body.domain, body.token, _lookup(nameserver))
    seen = next((at for at in looked if at.seen is Seen.TOKEN), None)
    if seen is not None:
        decision = Decision(
            about=one.id,
            outcome=Outcome.VERIFIED,
            by=by,
            on=datetime.now(UTC).date(),
            verified_by=_AS[seen.where],
            domain=body.domain,
            note="domain not held by the ledger's actors" if unlisted else "",
        )
        decide(queue.decisions, decision)
    _tell(one.id, looked, output)
    return 0 if seen is not None else 3


def _lookup(nameserver: str | None) -> Lookup:
    if nameserver is None:
        return Lookup()
    address, _, port = (
        nameserver.rpartition(":")
        if nameserver.count(":") == 1
        else (
            nameserver,
            "",
            "53",
        )
    )
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise UsageError(f"--nameserver {nameserver}: wanted ADDRESS or ADDRESS:PORT")
    return Lookup(nameserver=address, nameserver_port=int(port))


def _tell(id_: str, looked: tuple[Looked, ...], output: Output) -> None:
    if output.form == "json":
        write_json({"id": id_, "looked": looked})
        return
    for at in looked:
        told = f": {at.detail}" if at.detail else ""
        print_prose(f"{at.where.value}: {at.seen.value}{told}")
    if any(at.seen is Seen.TOKEN for at in looked):
        print_prose(f"Verified. Next: whocut desk decide {id_[:10]} --accept --by NAME")
    else:
        print_prose("The token is not there.")
