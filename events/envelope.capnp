@0xb0d6a4d51c3e7a02;
# What every event says beside its facts. This is the proposal: the part of a stored event that its author fixes before the
# ledger orders it. The part that ordering fixes (position, recorded at, versions) is the placement, in engine/record.h.

using Cxx = import "/capnp/c++.capnp";
using Terms = import "terms.capnp";
$Cxx.namespace("fodspor::events::wire");

struct Proposal {
  request :group {      # the request's id, scoped to its client: see RequestKey in ids.h
    hi @0 :UInt64;
    lo @1 :UInt64;
  }
  index @2 :UInt32;     # of this event in its batch, from 0
  batchSize @3 :UInt32;
  type @4 :UInt16;      # EventType in vocabulary.h; a newer writer's type is kept whole
  schemaVersion @5 :UInt16;
  critical @6 :Bool;    # a reader that does not know the type must stop rather than ignore it
  stream :group {       # the one stream that this event lives in
    kind @7 :UInt8;     # StreamKind in ids.h
    hi @8 :UInt64;
    lo @9 :UInt64;
  }
  programme :group {    # 16 bytes of ASCII, padded with zeros; all zeros: of no programme
    hi @10 :UInt64;
    lo @11 :UInt64;
  }
  validFrom @12 :UInt32 $Terms.date;   # the first day that the fact held
  validTo @13 :UInt32 $Terms.date;     # the first day on which it no longer held; absent: open
  registeredAt @14 :Int64 $Terms.microseconds;  # when the source system knew it
  source @15 :Terms.Source;
  submittedBy @16 :Text;    # the token or local user that appended it
  actor @17 :Text;          # a code of who is said to have acted
  organisation @18 :Text;   # a code of for whom
  evidence @19 :Evidence;
  causation @20 :Terms.EventRef;
  correlation @21 :Terms.Id;
  references @22 :List(Reference);
  facts @23 :AnyPointer;    # the body, by type
  sealed @24 :List(Sealed);
}

struct Reference {
  role @0 :Terms.Role;
  kind @1 :UInt8;           # StreamKind
  superseded @2 :Bool;      # named by what a correction replaces, no longer by what it says
  hi @3 :UInt64;
  lo @4 :UInt64;
}

struct Evidence {
  hash @0 :Data $Terms.hash;
  kind @1 :Kind;
  place @2 :Text;           # a code of where it is kept
  enum Kind { unspecified @0; signedForm @1; payslip @2; contract @3; registerExtract @4; letter @5; other @6; }
}

struct Sealed {
  # One participant's personal part, encrypted under that participant's key.
  participant @0 :Terms.Id;
  nonce @1 :Data;
  ciphertext @2 :Data;
}
