"""Web servers: NGINX as origin, as edge in front of one, as block page server."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from whocut_lab.authorities import ServerCertificate
from whocut_lab.daemons.process import Daemon, accepts_tcp
from whocut_lab.node import Node

__all__ = ["HEADERS_MODULE", "PageRule", "RedirectRule", "VirtualHost", "start_nginx"]

HEADERS_MODULE = Path("/usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so")
"""Debian's; without it a server could not go by another's name."""


class PageRule(Struct, frozen=True):
    """Show a page to clients of some networks."""

    networks: tuple[str, ...]
    path: str
    status: int
    body: bytes
    content_type: str
    headers: dict[str, str]


class RedirectRule(Struct, frozen=True):
    """Send clients of some networks elsewhere."""

    networks: tuple[str, ...]
    path: str
    status: int
    location: str


class VirtualHost(Struct, frozen=True):
    """One site on one server; the first rule that matches a client and a path decides."""

    host: str
    """Empty: any name."""
    addresses: tuple[str, ...]
    certificate: ServerCertificate | None
    page: PageRule
    """What everybody else gets; its networks mean nothing."""
    rules: tuple[PageRule | RedirectRule, ...] = ()
    upstream: str = ""
    """Address of the origin; empty where this server is one."""


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "${dollar}") + '"'


def _page_location(folder: Path, name: str, rule: PageRule) -> list[str]:
    """Write the locations that answer with a page and its status."""
    (folder / name).write_bytes(rule.body)
    media, _, parameter = rule.content_type.partition(";")
    charset = parameter.partition("=")[2].strip()
    body = [
        f"location = /.lab/{name} {{",
        "  internal;",
        "  types {}",
        f"  default_type {_quote(media.strip())};",
        *([f"  charset {charset};"] if charset else []),
        *(
            f"  more_set_headers {_quote(f'{key}: {value}')};"
            for key, value in rule.headers.items()
        ),
        f"  alias {folder / name};",
        "}",
    ]
    if rule.status == 200:
        return body
    if rule.status < 300:
        return [f"location = /.lab/{name} {{ internal; return {rule.status}; }}"]
    answer = f"{name}.status"
    return [
        *body,
        f"location = /.lab/{answer} {{",
        "  internal;",
        f"  error_page {rule.status} /.lab/{name};",
        f"  return {rule.status};",
        "}",
    ]


def _entry(name: str, rule: PageRule) -> str:
    return f"/.lab/{name}" if rule.status < 300 else f"/.lab/{name}.status"


def _host_lines(folder: Path, number: int, host: VirtualHost) -> tuple[list[str], list[str]]:
    """Write one virtual host: its lines for the ``http`` block and its ``server`` block."""
    outer: list[str] = []
    inner: list[str] = []
    choices: list[str] = []
    for position, rule in enumerate(host.rules):
        name = f"{number}.{position}"
        variable = f"$rule_{number}_{position}"
        networks = "|".join(rule.networks)
        outer += [
            f'map "$client_network:$uri" {variable} {{',
            "  default 0;",
            f'  "~^({networks}):{_regex(rule.path)}" 1;',
            "}",
        ]
        if isinstance(rule, RedirectRule):
            act = f"return {rule.status} {_quote(rule.location)};"
        else:
            act = f"rewrite ^ {_entry(name, rule)} last;"
            inner += _page_location(folder, name, rule)
        choices.append(f"  if ({variable}) {{ {act} }}")
    name = f"{number}.page"
    inner += _page_location(folder, name, host.page)
    fallback = f"rewrite ^ {_entry(name, host.page)} last;"
    if host.upstream:
        fallback = f"proxy_pass $scheme://{host.upstream};"
    inner += ["location / {", *choices, f"  {fallback}", "}"]
    listen = [f"listen {address}:80;" for address in host.addresses]
    if host.certificate is not None:
        chain, key = folder / f"{number}.chain.pem", folder / f"{number}.key.pem"
        chain.write_bytes(host.certificate.chain)
        key.write_bytes(host.certificate.key)
        listen += [f"listen {address}:443 ssl;" for address in host.addresses]
        listen += [f"ssl_certificate {chain};", f"ssl_certificate_key {key};"]
    names = f"server_name {host.host or '_'};"
    return outer, ["server {", *listen, names, *inner, "}"]


def _regex(path: str) -> str:
    return "".join(c if c.isalnum() or c in "/_-" else f"\\{c}" for c in path)


def start_nginx(
    node: Node,
    folder: Path,
    hosts: Sequence[VirtualHost],
    networks: Mapping[str, str],
    trusted_edges: Sequence[str],
) -> Daemon:
    """Serve virtual hosts from a node.

    Shapes: ``networks`` maps a prefix to the network id that rules name; behind ``trusted_edges``
    (prefixes) the client is the one that the edge names.
    """
    folder.mkdir(parents=True)
    outer: list[str] = []
    servers: list[str] = []
    for number, host in enumerate(hosts):
        lines, server = _host_lines(folder, number, host)
        outer += lines
        servers += server
    config = folder / "nginx.conf"
    config.write_text(
        "\n".join(
            [
                f"load_module {HEADERS_MODULE};",
                "user root; daemon off; master_process off; worker_processes 1;",
                f"pid {folder}/pid; error_log stderr warn;",
                "events { worker_connections 256; }",
                "http {",
                "access_log off; server_tokens off; keepalive_timeout 5; etag off;",
                # Small TLS records: what came before a stall can be read, as with tuned servers.
                "ssl_buffer_size 4k;",
                "server_names_hash_bucket_size 128;",
                *(
                    f"{kind}_temp_path {folder}/{kind};"
                    for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
                ),
                *(f"set_real_ip_from {prefix};" for prefix in trusted_edges),
                "real_ip_header X-Forwarded-For;",
                "proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr;",
                "proxy_ssl_server_name on; proxy_ssl_name $host; proxy_connect_timeout 2s;",
                "proxy_read_timeout 3s; proxy_pass_header Server;",
                'geo $dollar { default "$"; }',
                "geo $client_network {",
                "  default elsewhere;",
                *(f"  {prefix} {network};" for prefix, network in networks.items()),
                "}",
                *outer,
                *servers,
                "}",
            ]
        )
        + "\n"
    )
    address = hosts[0].addresses[0]
    return Daemon(
        node,
        ["nginx", "-e", "stderr", "-c", str(config)],
        folder / "log",
        lambda: accepts_tcp(address, 80),
    )
