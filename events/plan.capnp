@0xb0d6a4d51c3e7a05;
# Plans, measured progress, support. The participant's stream.

using Cxx = import "/capnp/c++.capnp";
using T = import "terms.capnp";
$Cxx.namespace("fodspor::events::wire");

struct PlanMade { goal @0 :Text; jobGoalCode @1 :Text; }
struct PlanRevised { goal @0 :Text; jobGoalCode @1 :Text; }

struct ProgressMeasured {
  instrument @0 :Text $T.required;
  item @1 :Text;
  score @2 :UInt32 $T.millionths $T.number $T.required;   # millionths + 1: a score of 0 is a score
  respondent @3 :Respondent;
  enum Respondent { unspecified @0; citizen @1; staff @2; mentor @3; employer @4; }
}

struct SupportGiven {
  kind @0 :Kind $T.required;
  enum Kind { unspecified @0; health @1; social @2; jobSearch @3; parallelOffer @4; mentor @5; other @6; }
}
