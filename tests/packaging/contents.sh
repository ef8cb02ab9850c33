#!/usr/bin/env bash
# What is in the Debian package, as far as that can be seen without root:  contents.sh SOURCES BUILD
# Status 77: a tool that this takes is not there.
set -euo pipefail
sources=$1 build=$2
for tool in cpack dpkg-deb dpkg-shlibdeps gzip; do
  command -v "$tool" >/dev/null || { echo "skipped: there is no $tool here (apt-get install dpkg-dev)" && exit 77; }
done
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
failed=0
wrong() { echo "wrong: $*" >&2 && failed=1; }
# What is looked for may end before what is looked through, so no pipe.
has() { grep -qE -- "$2" <<<"$1" || wrong "$3"; }

(cd -- "$build" && LC_ALL=C cpack -G DEB -B "$scratch/made") >"$scratch/log" 2>&1 || { cat -- "$scratch/log" >&2 && exit 1; }
package=$(echo "$scratch"/made/fodspor_*.deb)
listed=$(dpkg-deb -c "$package")
told=$(dpkg-deb -I "$package")
dpkg-deb -x "$package" "$scratch/root"
dpkg-deb -e "$package" "$scratch/control"

for path in usr/bin/fodspor lib/systemd/system/fodspor.service etc/fodspor/fodspor.toml usr/share/man/man1/fodspor.1.gz \
  usr/share/man/man8/fodspor-serve.8.gz usr/share/man/man5/fodspor.toml.5.gz usr/share/bash-completion/completions/fodspor \
  usr/share/doc/fodspor/copyright usr/share/doc/fodspor/changelog.gz usr/share/fodspor/server/protocol.capnp \
  usr/share/fodspor/events/envelope.capnp; do
  [[ -f $scratch/root/$path ]] || wrong "$path is not in the package"
done
grep -vE '^[-d]rwxr-xr-x root/root|^-rw-r--r-- root/root' <<<"$listed" && wrong "these do not belong to root, or have other permissions than usual"
has "$told" '^ Package: fodspor$' "the package has another name"
has "$told" '^ Architecture: (amd64|arm64)$' "the architecture is not named"
for library in librocksdb libcapnp libsodium libc6 libdate-tz adduser tzdata; do
  has "$told" "^ Depends: .*$library" "it does not depend on $library"
done
[[ $(cat "$scratch/control/conffiles") == /etc/fodspor/fodspor.toml ]] || wrong "the configuration is no conffile"
for script in postinst prerm postrm; do
  sh -n "$scratch/control/$script" || wrong "$script is no shell"
  [[ $(stat -c %a "$scratch/control/$script") == 755 ]] || wrong "$script may not be run"
done
grep -q '/var/lib/fodspor' "$scratch/control/postrm" && grep -qE 'rm -r' "$scratch/control/postrm" && wrong "postrm may remove the ledger"

unit=$(cat "$scratch/root/lib/systemd/system/fodspor.service")
for line in Type=notify User=fodspor NoNewPrivileges=yes ProtectSystem=strict PrivateTmp=yes CapabilityBoundingSet= MemoryDenyWriteExecute=yes \
  'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6' SystemCallFilter=@system-service StateDirectory=fodspor RuntimeDirectory=fodspor \
  'LimitNOFILE=[0-9]+' 'WatchdogSec=[0-9]+' 'ExecReload=/bin/kill -HUP \$MAINPID'; do
  has "$unit" "^$line\$" "the unit does not say $line"
done
# The unit's own command line, with the paths of this machine; --help reads every option and opens nothing.
command=$(sed -n 's|^ExecStart=/usr/bin/fodspor ||p' <<<"$unit")
read -ra typed <<<"$command"
"$scratch/root/usr/bin/fodspor" "${typed[@]}" --help >/dev/null || wrong "the unit's command line is refused: $command"
if command -v systemd-analyze >/dev/null; then
  sed "s|/usr/bin/fodspor|$scratch/root/usr/bin/fodspor|; /^Documentation=/d" <<<"$unit" >"$scratch/fodspor.service"
  systemd-analyze verify "$scratch/fodspor.service" || wrong "systemd does not understand the unit"
  systemd-analyze security --offline=yes --threshold=20 "$scratch/fodspor.service" >"$scratch/security" || {
    cat -- "$scratch/security" >&2 && wrong "the unit is less hardened than it was"
  }
fi

mkdir "$scratch/empty"
(cd -- "$scratch/empty" && env -i "$scratch/root/usr/bin/fodspor" definitions list --json) | grep -q 'esf.cr06' ||
  wrong "the program does not find its definitions without the checkout"

for page in "$scratch"/root/usr/share/man/*/*.gz; do
  gzip -t "$page"
  if command -v man >/dev/null; then
    warned=$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)
    [[ -z $warned ]] || wrong "${page##*/}: $warned"
  fi
done
if command -v lintian >/dev/null; then
  lintian --fail-on error "$package" || wrong "lintian found errors"
fi
((failed)) || echo "the package holds what it has to"
exit "$failed"
