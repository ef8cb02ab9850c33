#!/usr/bin/env bash
# The TypeScript client against a real server, in a copy of what a vendor takes from a checkout.
#
#   typescript.sh prepare SOURCES BUILD           fetches its packages from npm; the only step that needs the network
#   typescript.sh run     SOURCES BUILD PROGRAM   builds it and runs its tests. Status 77: what it takes is not there
set -euo pipefail
verb=$1 sources=$2 build=$3
copy=$build/clients
client=$copy/server/clients/typescript

skip() {
  echo "skipped: $*"
  exit 77
}
command -v node >/dev/null && command -v npm >/dev/null || skip "there is no node or no npm here"
(($(node -p 'process.versions.node.split(".")[0]') >= 20)) || skip "the client's tests take Node.js 20; this is $(node --version)"

case $verb in
  prepare)
    mkdir -p -- "$client"
    # Packages stand until what they should be changes.
    if cmp -s -- "$sources/server/clients/typescript/package-lock.json" "$client/package-lock.json" && [[ -d $client/node_modules ]]; then exit 0; fi
    rm -rf -- "$client/node_modules" "$client/package-lock.json"
    cp -- "$sources/server/clients/typescript/package.json" "$client/"
    cp -- "$sources/server/clients/typescript/package-lock.json" "$client/"
    (cd -- "$client" && npm ci --ignore-scripts --no-audit --no-fund) || { rm -f -- "$client/package-lock.json" && exit 1; }
    ;;
  run)
    program=$4
    [[ -d $client/node_modules ]] || skip "its packages are not here: ./fodspor test fetches them, or $0 prepare SOURCES BUILD"
    cmp -s -- "$sources/server/clients/typescript/package-lock.json" "$client/package-lock.json" || skip "its packages are older than package-lock.json: ./fodspor test fetches them"
    rm -rf -- "$client"/{src,test,examples,generated,dist}
    mkdir -p -- "$copy/events"
    cp -R -- "$sources"/server/clients/typescript/{src,test,examples,package.json,tsconfig.json} "$client/"
    cp -- "$sources/server/protocol.capnp" "$copy/server/"
    cp -- "$sources"/events/*.capnp "$copy/events/"
    cd -- "$client"
    npm run --silent build
    # A server without subscriptions or questions fails, instead of their tests being skipped.
    FODSPOR_NOTHING_MISSING=yes FODSPOR_PROGRAM=$program npm test --silent
    ;;
  *)
    echo "typescript.sh takes prepare or run" >&2
    exit 2
    ;;
esac
