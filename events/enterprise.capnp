@0xb0d6a4d51c3e7a07;
# Enterprises that take part. The enterprise's stream.

using Cxx = import "/capnp/c++.capnp";
using T = import "terms.capnp";
$Cxx.namespace("fodspor::events::wire");

struct EnterpriseRecruited {
  cvr @0 :UInt32;                            # 8 digits; 0: not said
  pNumber @1 :UInt64;                        # 10 digits; 0: not said
  kind @2 :T.EnterpriseKind $T.required;
  industry @3 :Text;                         # DB07
}
struct CommitmentGiven { places @0 :UInt32; }
struct EnterpriseWithdrew { reason @0 :Text; }
struct OpeningOffered { kind @0 :T.PlacementKind; places @1 :UInt32; weeklyMinutes @2 :UInt32 $T.minutes; }
