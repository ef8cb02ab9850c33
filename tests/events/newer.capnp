@0xc3d6a4d51c3e7a21;
# What a newer version of this program might write: the same structs with more in them. Only the ordinals have to agree.

using Cxx = import "/capnp/c++.capnp";
using T = import "/events/terms.capnp";
$Cxx.namespace("fodspor::events::newer");

struct CourseEnded {
  course @0 :UInt32;
  kind @1 :T.CourseKind;
  completed @2 :T.YesNo;
  qualification @3 :T.YesNo;
  reason @4 :Text;
  online @5 :Bool;                 # fits into words that the older one has
  minutes @6 :UInt64;              # a word more
  teachers @7 :List(Teacher);      # a pointer more
  struct Teacher { code @0 :Text; weeks @1 :UInt16; }
}

struct CourseKindGrown {           # CourseEnded again, its kind from a code list that has grown
  course @0 :UInt32;
  kind @1 :UInt16;
  completed @2 :T.YesNo;
}

struct Proposal {
  # As envelope.capnp has it up to @24, by ordinals and types; then more.
  requestHi @0 :UInt64;
  requestLo @1 :UInt64;
  index @2 :UInt32;
  batchSize @3 :UInt32;
  type @4 :UInt16;
  schemaVersion @5 :UInt16;
  critical @6 :Bool;
  streamKind @7 :UInt8;
  streamHi @8 :UInt64;
  streamLo @9 :UInt64;
  programmeHi @10 :UInt64;
  programmeLo @11 :UInt64;
  validFrom @12 :UInt32;
  validTo @13 :UInt32;
  registeredAt @14 :Int64;
  source @15 :T.Source;
  submittedBy @16 :Text;
  actor @17 :Text;
  organisation @18 :Text;
  evidence @19 :AnyPointer;
  causation @20 :T.EventRef;
  correlation @21 :T.Id;
  references @22 :AnyPointer;
  facts @23 :AnyPointer;
  sealed @24 :AnyPointer;
  language @25 :Text;
  confidence @26 :UInt64;
}

struct Apprenticed {               # a type that is not known yet
  apprenticeship @0 :UInt32;
  trade @1 :Text;
  steps @2 :List(Step);
  struct Step { title @0 :Text; days @1 :UInt32; }
}
