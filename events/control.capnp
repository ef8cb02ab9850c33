@0xb0d6a4d51c3e7a0e;
# Events about events, and the ledger's own.

using Cxx = import "/capnp/c++.capnp";
using T = import "terms.capnp";
$Cxx.namespace("fodspor::events::wire");

struct Corrected {
  # Stands in the stream of what it corrects and replaces its whole body, dates and references; of several, the highest stream
  # version wins. The envelope's dates and its references that are not superseded are the new ones.
  event @0 :T.EventRef $T.required;
  type @1 :UInt16;                           # of the event that it corrects
  body @2 :AnyPointer;                       # by that type
  reason @3 :Text;
}
struct Retracted { event @0 :T.EventRef $T.required; reason @1 :Text; }

struct IdentityMerged { reason @0 :Text; }   # the other stream is the reference with role `merged`
struct Erased { basis @0 :Text $T.required; facts @1 :Bool; }
struct Retired { basis @0 :Text $T.required; }
struct ProjectionSkipped {
  view @0 :Text $T.required;
  event @1 :T.EventRef $T.required;
  reason @2 :Text $T.required $T.prose;
}
struct KeyCommitted { commitment @0 :Data $T.hash $T.required; }
struct HeadsCommitted { size @0 :UInt64 $T.required; root @1 :Data $T.hash $T.required; }
struct OtherLogRoot { origin @0 :Text $T.required; size @1 :UInt64 $T.required; root @2 :Data $T.hash $T.required; }
