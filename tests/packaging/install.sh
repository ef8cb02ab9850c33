#!/usr/bin/env bash
# The Debian package in a Debian 12 that has never seen it: installed with apt, its unit's own command line run as its own user, an event
# appended and read by a token, all of it removed again. For a person or a machine with root, debootstrap and the network:
#
#   ./fodspor package && sudo tests/packaging/install.sh .build/release/fodspor_*.deb [SCRATCH_FOLDER]
#
# DEBIAN_MIRROR   where Debian comes from; without it the first one of this machine's own apt, else Debian's
set -euo pipefail
package=$(readlink -f -- "$1")
((EUID == 0)) || { echo "this needs root, to make a Debian in a folder and change into it" >&2 && exit 77; }
command -v debootstrap >/dev/null || { echo "this needs debootstrap: apt-get install debootstrap" >&2 && exit 77; }
mkdir -p -- "${2:-/tmp}"
scratch=$(mktemp -d -p "${2:-/tmp}" fodspor-install-XXXXXX)
root=$scratch/root
mirror=${DEBIAN_MIRROR:-$(awk '/^URIs:/ { print $2; exit }' /etc/apt/sources.list.d/*.sources 2>/dev/null || true)}
server=

step() { printf '\n==== %s\n' "$*"; }
in_root=(chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive)
# As systemd would: the user and the group, and nothing of root's.
as_fodspor=(setpriv --reuid=fodspor --regid=fodspor --clear-groups --no-new-privs --bounding-set=-all)
inside() { "${in_root[@]}" "$@"; }
clean_up() {
  if [[ $server ]]; then kill -KILL "$server" 2>/dev/null || true; fi
  for point in proc dev/pts dev; do
    if mountpoint -q "$root/$point"; then umount -l "$root/$point"; fi
  done
  rm -rf --one-file-system -- "$scratch"
}
trap clean_up EXIT

step "a fresh Debian 12"
debootstrap --variant=minbase bookworm "$root" ${mirror:+"$mirror"} >"$scratch/debootstrap.log" 2>&1 || { tail -20 "$scratch/debootstrap.log" && exit 1; }
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
cp -L /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
mkdir -p "$root/etc/ssl/certs"
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/" 2>/dev/null || true
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount --bind /dev/pts "$root/dev/pts"
# Nothing is started while it is installed, as in an image that is being built.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"

step "apt install"
cp -- "$package" "$root/tmp/fodspor.deb"
inside apt-get update -q
inside apt-get install -y -q --no-install-recommends /tmp/fodspor.deb
inside getent passwd fodspor
[[ $(inside stat -c '%U:%G %a' /var/lib/fodspor) == 'fodspor:fodspor 750' ]]
step "again: each script may be run twice"
inside dpkg-reconfigure fodspor
inside apt-get install -y -q --reinstall /tmp/fodspor.deb

step "the unit's command line, on an empty /var/lib/fodspor"
[[ -z $(ls -A "$root/var/lib/fodspor") ]]
# What RuntimeDirectory= and Type=notify of the unit do.
inside install -d -o fodspor -g fodspor -m 0750 /run/fodspor
read -ra command < <(sed -n 's/^ExecStart=//p' "$root/lib/systemd/system/fodspor.service")
"${in_root[@]}" "${as_fodspor[@]}" "${command[@]}" 2>"$scratch/log" &
server=$!
for ((i = 0; i < 200; ++i)); do
  if [[ -S $root/run/fodspor/socket ]]; then break; fi
  kill -0 "$server" || { cat "$scratch/log" && exit 1; }
  sleep 0.1
done
cat "$scratch/log"
[[ $(stat -c %a "$root/run/fodspor/socket") == 660 ]]

step "a token, made by root; an event, appended and read over the socket by a member of the group"
token=$(inside fodspor token add --role admin --microdata --json --ledger /var/lib/fodspor/ledger | sed 's/.*"token":"\([^"]*\)".*/\1/')
[[ $token == fodspor_* ]]
[[ $(inside stat -c %U /var/lib/fodspor/ledger/tokens) == fodspor ]]
inside apt-get install -y -q --no-install-recommends capnproto socat >"$scratch/apt.log" 2>&1 || { tail -5 "$scratch/apt.log" && exit 1; }
sleep 1  # a token is known within a second
schema=/usr/share/fodspor/server/protocol.capnp
cat >"$root/tmp/requests" <<END
(id = 1, hello = (version = 1, token = "$token"))
(id = 2, append = (requestId = "first", json = ["{\"type\":\"ProgrammeRegistered\",\"stream\":\"programme/roskilde\",\"programme\":\"roskilde\",\"valid_from\":\"2020-10-20\",\"source\":\"staff\",\"facts\":{\"frame\":{\"title\":{\"en\":\"Lasting attachment\",\"da\":\"Varig tilknytning\"},\"starts\":\"2020-10-20\",\"ends\":\"2023-03-31\",\"check_in_days\":14,\"document\":\"S0\"}}}"]))
END
echo '(id = 1, hello = (version = 1, token = "'"$token"'")) (id = 2, read = (log = void, from = 1, form = json))' >"$root/tmp/reading"
for asked in requests reading; do
  inside "${as_fodspor[@]}" sh -c "capnp encode $schema Request < /tmp/$asked | socat -t 5 - UNIX-CONNECT:/run/fodspor/socket | capnp decode $schema Answer" | tee "$scratch/$asked"
done
grep -q 'first = 1,' "$scratch/requests"
grep -q 'ProgrammeRegistered' "$scratch/reading"

step "stopped as systemd stops it"
kill -TERM "$server"
wait "$server"
server=
cat "$scratch/log"
[[ ! -e $root/run/fodspor/socket ]]

step "removed and purged: the ledger stays"
inside apt-get remove -y -q fodspor
[[ -e $root/etc/fodspor/fodspor.toml ]]
inside dpkg --purge fodspor
[[ ! -e $root/etc/fodspor/fodspor.toml && -d $root/var/lib/fodspor/ledger ]]
inside apt-get install -y -q --no-install-recommends /tmp/fodspor.deb
inside fodspor stat --ledger /var/lib/fodspor/ledger
step "all of it held"
