@0xb0d6a4d51c3e7a06;
# Courses. The participant's stream. `course` is a number that the writer chooses, unique in that stream, from 1.

using Cxx = import "/capnp/c++.capnp";
using T = import "terms.capnp";
$Cxx.namespace("fodspor::events::wire");

struct CourseStarted { course @0 :UInt32 $T.required; kind @1 :T.CourseKind $T.required; code @2 :Text; }
struct CourseAttended { course @0 :UInt32 $T.required; minutes @1 :UInt32 $T.minutes; present @2 :T.YesNo; }
struct CourseEnded {
  course @0 :UInt32 $T.required;
  kind @1 :T.CourseKind $T.required;
  completed @2 :T.YesNo $T.required;
  qualification @3 :T.YesNo;
  reason @4 :Text;
}
