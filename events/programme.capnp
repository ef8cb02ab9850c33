@0xb0d6a4d51c3e7a03;
# Programmes: frames, money, membership, definitions, targets. These events live in the programme's stream.

using Cxx = import "/capnp/c++.capnp";
using T = import "terms.capnp";
$Cxx.namespace("fodspor::events::wire");

struct Text2 { en @0 :Text $T.prose; da @1 :Text $T.prose; }

struct ProgrammeFrame {
  title @0 :Text2;
  operator @1 :Text $T.prose;
  starts @2 :UInt32 $T.date $T.required;
  ends @3 :UInt32 $T.date $T.required;       # the last day
  industries @4 :List(Text);                 # DB07 codes or section names
  checkInDays @5 :UInt16;                    # how often a participant is due a contact; 0: not said
  retentionYears @6 :UInt16;
  zone @7 :Text;                             # IANA zone of its days; empty: Europe/Copenhagen
  targetGroup @8 :Text2;
  document @9 :Text $T.prose;                # the document that says so
}

struct ProgrammeRegistered { frame @0 :ProgrammeFrame $T.required; }
struct ProgrammeAmended { frame @0 :ProgrammeFrame $T.required; reason @1 :Text $T.prose; }

struct FundingGranted {
  funder @0 :Text $T.prose;
  oere @1 :UInt64 $T.required;               # hundredths of a krone
  kind @2 :Kind;
  document @3 :Text $T.prose;
  enum Kind { unspecified @0; totalCost @1; eu @2; decentralised @3; grant @4; foundation @5; }
}

struct PortfolioJoined { document @0 :Text $T.prose; oere @1 :UInt64; }
struct PortfolioLeft { reason @0 :Text $T.prose; }

struct DefinitionApproved {
  id @0 :Text $T.required;
  version @1 :Text $T.required;
  hash @2 :Data $T.hash $T.required;         # SHA-256 of the definition's canonical form
  source @3 :Text $T.prose;                  # the definition itself, as TOML: a figure can be read again from the log alone
  approvedBy @4 :Text;
}

struct TargetPinned {
  id @0 :Text $T.required;                   # "K4"
  title @1 :Text2;
  comparator @2 :Comparator $T.required;
  value @3 :UInt64 $T.millionths $T.required;    # a count, or a share of 1
  share @4 :Bool;                            # false: a count of persons; true: a share of the denominator
  tolerance @5 :UInt64 $T.millionths;        # of `about`: a share of the value
  baseline @6 :UInt64 $T.millionths;
  definition @7 :Text $T.required;           # id
  definitionVersion @8 :Text $T.required;
  reading @9 :Text;                          # empty: the first reading; else the name of another one
  document @10 :Text $T.prose $T.required;   # where the figure stands
  withdrawn @11 :Bool;                       # true: from this day it no longer binds
  enum Comparator { unspecified @0; atLeast @1; moreThan @2; atMost @3; upTo @4; about @5; }
}

struct CodeListAdopted {
  list @0 :Text $T.required;
  version @1 :Text $T.required;
  hash @2 :Data $T.hash;
  codes @3 :List(Code);
  struct Code { code @0 :Text; meaning @1 :Text $T.prose; }
}

struct MilestoneReached {
  kind @0 :Kind $T.required;
  title @1 :Text $T.prose;
  enum Kind { unspecified @0; operatingModel @1; learning @2; other @3; }
}

struct ReportSubmitted {
  periodFrom @0 :UInt32 $T.date $T.required;
  periodTo @1 :UInt32 $T.date $T.required;
  position @2 :UInt64 $T.required;
  hash @3 :Data $T.hash $T.required;
  figures @4 :List(Figure);
  struct Figure { target @0 :Text; numerator @1 :UInt64; denominator @2 :UInt64; unknown @3 :UInt64; }
}

struct Covered {
  # Within [from, to) silence of this source about these facts means "no".
  source @0 :T.Source $T.required;
  facts @1 :List(Fact);
  from @2 :UInt32 $T.date $T.required;
  to @3 :UInt32 $T.date;
  participants @4 :List(T.Id);               # empty: all of the programme
  enum Fact { unspecified @0; employment @1; education @2; jobSearch @3; status @4; hours @5; benefit @6; }
}
