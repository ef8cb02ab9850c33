@0xb0d6a4d51c3e7a21;
# The wire: one stream of Requests from a client and one of Answers to it, each a Cap'n Proto message in the standard stream framing
# (https://capnproto.org/encoding.html#serialization-over-a-stream), over TCP or a Unix socket. So `capnp encode` and any language's
# library speak it. README.md tells how a conversation goes.
#
# The first request is hello. After it any number may be under way; each answer carries the id of its request, and answers may overtake one
# another. Appends of one connection are ordered as they were sent.

using Cxx = import "/capnp/c++.capnp";
using Envelope = import "../events/envelope.capnp";
$Cxx.namespace("fodspor::server::wire");

const version :UInt16 = 1;

struct Request {
  id @0 :UInt64;           # the client's own, from 1; 0 is the server's for what answers no request
  union {
    hello @1 :Hello;
    ping @2 :Void;
    append @3 :Append;
    read @4 :Read;
    stats @5 :Void;
  }
}

struct Answer {
  id @0 :UInt64;
  union {
    refusal @1 :Refusal;
    welcome @2 :Welcome;
    pong @3 :Void;
    appended @4 :Appended;
    recorded @5 :Recorded;
    stats @6 :Stats;
  }
}

struct Hello {
  version @0 :UInt16;      # of this protocol, that the client speaks
  token @1 :Text;          # as `fodspor token add` showed it
}

struct Welcome {
  version @0 :UInt16;
  software @1 :Text;       # "fodspor 0.2.0"
  position @2 :UInt64;     # of the last event that is durable
}

struct Append {
  # One batch, all of it or none. Sent again with the same request id it gets its first answer again, however long ago that was.
  requestId @0 :Text;      # 1 to 128 bytes, the client's own
  dryRun @1 :Bool;         # check it and write nothing
  expected @2 :List(Expected);  # streams that are not named: any version
  union {
    proposals @3 :List(Envelope.Proposal);  # request, index, batch size and submitted by are set here
    json @4 :List(Text);   # an object an event, as `fodspor append` reads them
  }
}

struct Expected {
  stream @0 :Stream;
  union {
    any @1 :Void;
    none @2 :Void;         # the stream must be new
    version @3 :UInt32;
  }
}

struct Appended {
  first @0 :UInt64;        # position of the batch's first event; 0 for a dry run
  last @1 :UInt64;
  recordedAt @2 :Int64;    # µs since 1970
  repeated @3 :Bool;       # it had been appended before, and this is its first answer
}

struct Stream {
  kind @0 :UInt8;          # StreamKind in events/ids.h
  hi @1 :UInt64;
  lo @2 :UInt64;
}

struct Read {
  union {
    log @0 :Void;
    stream @1 :Stream;
    type @2 :UInt16;       # events of one type, wherever they stand
    subject @3 :Stream;    # events of other streams that refer to it
  }
  from @4 :UInt64;         # a position; of a stream, a version. 0: the first
  to @5 :UInt64;           # the last position to be read, of the log; 0: the end
  most @6 :UInt32;         # events; 0: as many as the server gives at once
  form @7 :Form;
}

enum Form {
  proposal @0;             # the event as Cap'n Proto
  packed @1;               # the very bytes that are stored: one segment, packed, without a segment table
  json @2;
}

struct Recorded {
  events @0 :List(Event);
  next @1 :UInt64;         # read from here for what follows; 0: that was all
  position @2 :UInt64;     # of the last event that was durable
}

struct Event {
  position @0 :UInt64;
  recordedAt @1 :Int64;
  version @2 :UInt32;             # in its stream
  previousInStream @3 :UInt64;    # position; 0: none
  ordinalInProgramme @4 :UInt64;  # 0: of no programme
  previousInProgramme @5 :UInt64;
  union {
    proposal @6 :Envelope.Proposal;
    packed @7 :Data;
    json @8 :Text;
  }
}

struct Stats {
  position @0 :UInt64;
  logBytes @1 :UInt64;
  derivedBytes @2 :UInt64;
  connections @3 :UInt32;
  requests @4 :UInt64;     # answered since the start
}

struct Refusal {
  fault @0 :Fault;
  message @1 :Text;        # one sentence: what is wrong, where, and what to do
  retryMs @2 :UInt32;      # of `busy`: when to come again
}

enum Fault {
  # As events/failure.h has them: one for each different thing that a client can do about it.
  internal @0;             # never sent by intent
  invalid @1;
  conflict @2;
  busy @3;
  notFound @4;
  tooLarge @5;
  corrupt @6;
  poisoned @7;
  unavailable @8;
  unsupported @9;
  stopped @10;
  cancelled @11;
  denied @12;
}
