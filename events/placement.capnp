@0xb0d6a4d51c3e7a0a;
# Placements in enterprises. The participant's stream; `placement` numbers as courses do. The enterprise is a reference.

using Cxx = import "/capnp/c++.capnp";
using T = import "terms.capnp";
$Cxx.namespace("fodspor::events::wire");

struct PlacementStarted {
  placement @0 :UInt32 $T.required;
  kind @1 :T.PlacementKind $T.required;
  legalBasis @2 :Text;
  ordinaryMinutes @3 :UInt32 $T.minutes;     # agreed, a week
  subsidisedMinutes @4 :UInt32 $T.minutes;
  unpaidMinutes @5 :UInt32 $T.minutes;
}

struct HoursReported {
  # Of the period [valid from, valid to): exactly one of placement and employment is given. Minutes in the whole period.
  placement @0 :UInt32;
  employment @1 :UInt32;
  ordinaryMinutes @2 :UInt32 $T.minutes;
  subsidisedMinutes @3 :UInt32 $T.minutes;
  unpaidMinutes @4 :UInt32 $T.minutes;
  tasks @5 :List(Text);
}

struct PlacementEnded {
  placement @0 :UInt32 $T.required;
  reason @1 :Reason;
  completed @2 :T.YesNo;
  enum Reason { unspecified @0; asPlanned @1; job @2; education @3; illness @4; citizen @5; enterprise @6; other @7; }
}
