@0xb0d6a4d51c3e7a08;
# Who stands beside the participant. RoleTrained of staff or an enterprise stands in that one's stream; RoleAssigned and
# RoleEnded in the stream of whoever holds the role (an enterprise as ambassador) or is served by it (a participant's mentor).

using Cxx = import "/capnp/c++.capnp";
using T = import "terms.capnp";
$Cxx.namespace("fodspor::events::wire");

struct RoleTrained { role @0 :T.RoleKind $T.required; course @1 :Text; }
struct RoleAssigned {
  role @0 :T.RoleKind $T.required;
  employer @1 :T.EmployerKind;               # of the person who holds the role
  chosenByCitizen @2 :T.YesNo;
  assignment @3 :UInt32;                     # number in the stream, from 1; ends by the same number
}
struct RoleEnded { role @0 :T.RoleKind $T.required; assignment @1 :UInt32; reason @2 :Text; }
struct MentorCheckedIn {
  channel @0 :Channel;
  wellbeing @1 :UInt8 $T.number;             # 0 to 10
  nextStep @2 :Text;
  enum Channel { unspecified @0; inPerson @1; phone @2; message @3; video @4; atWorkplace @5; }
}
