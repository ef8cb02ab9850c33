@0xb0d6a4d51c3e7a09;
# Matches between a participant and an enterprise. The participant's stream; `match` numbers as courses do.

using Cxx = import "/capnp/c++.capnp";
using T = import "terms.capnp";
$Cxx.namespace("fodspor::events::wire");

struct MatchProposed { match @0 :UInt32 $T.required; kind @1 :T.PlacementKind; }
struct MatchAccepted { match @0 :UInt32 $T.required; }
struct MatchDeclined {
  match @0 :UInt32 $T.required;
  by @1 :By;
  reason @2 :Text;
  enum By { unspecified @0; citizen @1; enterprise @2; staff @3; }
}
