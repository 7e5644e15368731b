#!/bin/sh
# Install the Debian packages that the lab runs: silent when all are there, a reason when it cannot.
# Never starts a daemon on this machine: the lab starts its own, inside its network namespaces.
set -eu

missing=""
need() { # program package
    PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need ip iproute2
need tc iproute2
need nft nftables
need nsd nsd
need unbound unbound
need nginx nginx-light
need bird bird2
need bgpdump bgpdump
for program in "$@"; do need "$program" "$program"; done # what others need beside the lab
[ -e /usr/share/nginx/modules-available/mod-http-headers-more-filter.conf ] ||
    missing="$missing libnginx-mod-http-headers-more-filter"
missing=$(printf '%s\n' $missing | sort -u | tr '\n' ' ')
[ -n "${missing# }" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "lab: not root, so these packages were not installed and the lab will not run: $missing" >&2
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "lab: no apt-get here; install these by hand to run the lab: $missing" >&2
    exit 0
fi

policy=/usr/sbin/policy-rc.d
made_policy=no
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    made_policy=yes
fi
cleanup() { [ "$made_policy" = no ] || rm -f "$policy"; }
trap cleanup EXIT
trap 'exit 130' INT TERM

log=$(mktemp)
install_packages() {
    # shellcheck disable=SC2086  # a list of package names
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing >"$log" 2>&1
}
if ! install_packages; then
    apt-get update >"$log" 2>&1 || true
    if ! install_packages; then
        echo "lab: apt-get could not install: $missing" >&2
        tail -n 5 "$log" >&2
        rm -f "$log"
        exit 0
    fi
fi
rm -f "$log"
