@0xb0d6a4d51c3e7a0c;
# What becomes of people. The participant's stream; numbers as courses have them. The enterprise is a reference.

using Cxx = import "/capnp/c++.capnp";
using T = import "terms.capnp";
$Cxx.namespace("fodspor::events::wire");

struct Job {
  employment @0 :UInt32 $T.required;
  kind @1 :T.EmploymentKind;
  contract @2 :Contract;
  weeklyMinutes @3 :UInt32 $T.minutes;       # contracted
  wantedMinutes @4 :UInt32 $T.minutes;
  skillLevel @5 :UInt8 $T.number;            # ISCO-08 skill level, 1 to 4
  enum Contract { unspecified @0; permanent @1; fixedTerm @2; }
}

struct EmploymentStarted { job @0 :Job $T.required; }
struct EmploymentChanged { job @0 :Job $T.required; }          # the whole of it, from valid from
struct EmploymentEnded { employment @0 :UInt32 $T.required; reason @1 :Text; }

struct EducationStarted { education @0 :UInt32 $T.required; isced @1 :UInt8 $T.number; code @2 :Text; }
struct EducationEnded { education @0 :UInt32 $T.required; completed @1 :T.YesNo; qualification @2 :T.YesNo; }

struct JobSearchStarted { channel @0 :Text; }
struct JobSearchEnded { reason @0 :Text; }
