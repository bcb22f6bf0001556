#!/usr/bin/env bash
# Records the captures of this folder anew: all of them, or the named ones.
#
#   captures/record/record.sh                       everything (about two minutes)
#   captures/record/record.sh 401-token-expired     only this one
#   captures/record/record.sh --list                the names
#   captures/record/record.sh --check               do the committed captures hold what their labels say?
#
# Needs Debian 12 or newer and the right to open a packet socket (root). Missing programs are installed with apt-get.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

packages=()
need() { # need PACKAGE TEST...: the package is wanted when the test fails
    local package="$1"
    shift
    "$@" >/dev/null 2>&1 || packages+=("$package")
}
need nodejs command -v node
need node-ws test -d /usr/share/nodejs/ws
need python3-websockets /usr/bin/python3 -c 'import websockets'
need python3-aiohttp /usr/bin/python3 -c 'import aiohttp'
need python3-uvicorn /usr/bin/python3 -c 'import uvicorn'
need python3-cryptography /usr/bin/python3 -c 'import cryptography'
need curl command -v curl
need tcpdump command -v tcpdump
need tshark command -v tshark
need wireshark-common command -v editcap
need nginx-light test -x /usr/sbin/nginx

if ((${#packages[@]})); then
    echo "installing ${packages[*]}" >&2
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # nginx must not start on its own: the recorder runs it with its own configuration.
    RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi

exec /usr/bin/python3 "$here/record.py" "$@"
