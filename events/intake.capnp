@0xb0d6a4d51c3e7a04;
# Intake: who comes in, with what, and what is observed about them afterwards. The participant's stream.

using Cxx = import "/capnp/c++.capnp";
using T = import "terms.capnp";
$Cxx.namespace("fodspor::events::wire");

struct CitizenIdentified {}                  # everything it says is personal, and sealed

struct Screened {
  result @0 :Result $T.required;
  benefit @1 :T.Benefit;
  readiness @2 :T.Readiness;
  needs @3 :List(Need);
  enum Result { unspecified @0; suitable @1; notSuitable @2; later @3; }
  enum Need { unspecified @0; health @1; social @2; mentor @3; housing @4; language @5; skills @6; debt @7; other @8; }
}

struct Recruited { channel @0 :Text; }
struct ConsentGiven { purpose @0 :Text $T.required; version @1 :Text; }
struct ConsentWithdrawn { purpose @0 :Text $T.required; version @1 :Text; }

struct Enrolled {
  labourStatus @0 :T.LabourStatus;
  unemployedSince @1 :UInt32 $T.date;
  inEducation @2 :T.YesNo;
  isced @3 :UInt8 $T.number;                 # ISCED 2011 level, 0 to 8
  gender @4 :T.Gender;
  birthYear @5 :UInt16;                      # 0: not said
  migrantOrMinority @6 :T.YesNo;
  disability @7 :T.YesNo;
  otherDisadvantage @8 :T.YesNo;
  homeless @9 :T.YesNo;
  rural @10 :T.YesNo;
  municipality @11 :UInt16;                  # Danish municipality code, 101 to 860; 0: not said
  benefit @12 :T.Benefit;
  readiness @13 :T.Readiness;
  weight @14 :UInt32 $T.millionths;          # sampling weight
  caseNumber @15 :Text;                      # the programme's own
  contract @16 :Contract;                    # of those employed at entry
  weeklyMinutes @17 :UInt32 $T.minutes;
  wantedMinutes @18 :UInt32 $T.minutes;
  skillLevel @19 :UInt8 $T.number;           # ISCO-08 skill level, 1 to 4
  enum Contract { unspecified @0; permanent @1; fixedTerm @2; none @3; }
}

struct Compared { weight @0 :UInt32 $T.millionths; caseNumber @1 :Text; gender @2 :T.Gender; birthYear @3 :UInt16; }

struct StatusObserved {
  status @0 :T.LabourStatus;
  benefit @1 :T.Benefit;
  paidMinutes @2 :UInt32 $T.minutes;         # paid in the whole of [valid from, valid to)
  code @3 :Text;                             # the source's own code
}

struct Died {}
struct Emigrated { country @0 :Text; }
