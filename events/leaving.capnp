@0xb0d6a4d51c3e7a0d;
# Completion, leaving, and what is known afterwards. The participant's stream.

using Cxx = import "/capnp/c++.capnp";
using T = import "terms.capnp";
$Cxx.namespace("fodspor::events::wire");

struct Completed { code @0 :Text; }
struct Left {
  reason @0 :Reason;
  enum Reason { unspecified @0; completed @1; job @2; education @3; droppedOut @4; illness @5; moved @6; referred @7; other @8; }
}
struct AftercareGiven { kind @0 :Kind; enum Kind { unspecified @0; jobSearch @1; mentor @2; contact @3; other @4; } }
struct FollowedUp {
  result @0 :Result $T.required;
  status @1 :T.LabourStatus;
  kind @2 :T.EmploymentKind;
  weeklyMinutes @3 :UInt32 $T.minutes;
  inEducation @4 :T.YesNo;
  enum Result { unspecified @0; reached @1; unreachable @2; declined @3; }
}
struct Referred { to @0 :Text; }                               # the programme or enterprise is a reference
