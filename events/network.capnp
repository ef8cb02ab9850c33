@0xb0d6a4d51c3e7a0b;
# Networks and clusters of enterprises. The network's stream; members and guests are references.

using Cxx = import "/capnp/c++.capnp";
using T = import "terms.capnp";
$Cxx.namespace("fodspor::events::wire");

struct NetworkFormed { title @0 :Text $T.prose; kind @1 :Kind; enum Kind { unspecified @0; cluster @1; network @2; hub @3; } }
struct NetworkJoined {}
struct NetworkEventHeld { gathering @0 :UInt32 $T.required; topic @1 :Text $T.prose; }
struct NetworkEventAttended { gathering @0 :UInt32 $T.required; }
