@0xb0d6a4d51c3e7a01;
# The terms that every body shares: identifiers, roles, and the field's code lists.
#
# Rules of evolution, for every schema in this folder: ordinals never change, nothing is removed, enum value 0 is
# `unspecified`, a number whose 0 would be ambiguous is stored with 1 added (see the annotations), there is no floating point.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("fodspor::events::wire");

# How a stored number is to be read; the JSON codec and the rules follow these.
annotation date @0xe1f0a7c2b4d58302 (field) :Void;        # days since 1899-12-31: 1 is 1900-01-01, 0 is absent; JSON "2021-03-31"
annotation minutes @0xe1f0a7c2b4d58303 (field) :Void;     # minutes + 1, 0 is absent; JSON an integer of minutes
annotation number @0xe1f0a7c2b4d58304 (field) :Void;      # value + 1, 0 is absent; JSON an integer
annotation millionths @0xe1f0a7c2b4d58305 (field) :Void;  # millionths, 0 is absent (with `number`: + 1); JSON a decimal string, "1.59"
annotation microseconds @0xe1f0a7c2b4d58306 (field) :Void; # µs since 1970-01-01T00:00:00Z, 0 is absent; JSON RFC 3339 with Z
annotation required @0xe1f0a7c2b4d58307 (field) :Void;    # an event without it is refused
annotation prose @0xe1f0a7c2b4d58308 (field) :Void;       # public prose about a programme; every other Text is a code
annotation hash @0xe1f0a7c2b4d58309 (field) :Void;        # 32 bytes, SHA-256; JSON 64 hexadecimal digits

struct Id {
  # 16 bytes, most significant first.
  hi @0 :UInt64;
  lo @1 :UInt64;
}

struct EventRef {
  # One event, by its id: the request that brought it and its index in that request's batch.
  hi @0 :UInt64;
  lo @1 :UInt64;
  index @2 :UInt32;
}

enum Role {
  unspecified @0;
  participant @1;
  enterprise @2;
  staff @3;
  network @4;
  programme @5;
  portfolio @6;
  mentor @7;
  buddy @8;
  ambassador @9;
  jobBroker @10;
  consultant @11;
  merged @12;          # the stream that an IdentityMerged joins to the one it stands in
}

enum Source { unspecified @0; self @1; staff @2; employer @3; register @4; import @5; }

enum YesNo { unspecified @0; yes @1; no @2; refused @3; }

enum Gender { unspecified @0; female @1; male @2; other @3; }

enum LabourStatus {
  unspecified @0;
  unemployed @1;
  inactive @2;
  employed @3;         # as an employee
  selfEmployed @4;
  inEducation @5;
  jobSearching @6;     # seeking work, whatever the benefit
}

enum Benefit {
  unspecified @0;
  none @1;
  dagpenge @2;
  kontanthjaelpJobReady @3;
  kontanthjaelpActivityReady @4;
  uddannelseshjaelpEducationReady @5;
  uddannelseshjaelpActivityReady @6;
  sygedagpenge @7;
  jobafklaring @8;
  ressourceforloeb @9;
  ledighedsydelse @10;
  revalidering @11;
  foertidspension @12;
  fleksloentilskud @13;
  su @14;
}

enum Readiness { unspecified @0; jobReady @1; educationReady @2; activityReady @3; notReady @4; }

enum EmploymentKind {
  unspecified @0;
  ordinary @1;
  wageSubsidy @2;
  flex @3;
  smallJob @4;
  selfEmployed @5;
  apprentice @6;
  igu @7;
}

enum PlacementKind {
  unspecified @0;
  virksomhedspraktik @1;
  loentilskud @2;
  ordinaryHours @3;
  smallJob @4;
  fleksjob @5;
  igu @6;
  voksenlaerling @7;
}

enum EnterpriseKind { unspecified @0; commercial @1; social @2; }

enum CourseKind { unspecified @0; indslusning @1; fastholdelse @2; udvikling @3; opkvalificering @4; jobklub @5; }

enum RoleKind {
  unspecified @0;
  mentor @1;
  buddy @2;
  ambassadorPerson @3;
  ambassadorEnterprise @4;
  jobBroker @5;
  consultant @6;
}

enum EmployerKind { unspecified @0; jobcentre @1; enterprise @2; operator @3; other @4; }
