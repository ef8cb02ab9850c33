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
    subscribe @6 :Subscribe;
    credit @7 :Credit;
    keep @8 :Keep;
    ask @9 :Ask;
    cancel @10 :UInt64;    # the id of a request that is under way: a subscription, or a question
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
    followed @7 :Followed;   # of a subscription, any number
    kept @8 :Kept;
    done @9 :Void;           # of credit and cancel
    progress @10 :Progress;  # of a question, any number before its document
    document @11 :Document;
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

struct Subscribe {
  # Events from a place in the log into its live end, each once and in order. The first answer comes at once, without events, and says where
  # it begins. Ends with `cancel`, with the connection, or with a refusal under its id.
  union {
    from @0 :UInt64;       # a position. 0: the first
    kept @1 :Text;         # after the place that this client keeps under that name; from the first if there is none
    end @2 :Void;          # what is yet to come
  }
  types @3 :List(UInt16);      # only these; none: all
  programmes @4 :List(Text);   # only what concerns these; none: all that the token speaks for
  stream @5 :Stream;           # only this one, if it is set
  form @6 :Form;
  credit @7 :UInt64;           # events that may come before more credit is given. 0: none yet
}

struct Credit {
  subscription @0 :UInt64; # the id of its request
  events @1 :UInt64;       # that may come on top of those that may already
}

struct Keep {
  # A place in the log, kept durably for this client (the name of its token) under a name, so that it goes on from there whenever it comes
  # again. Answered when it is on disk.
  name @0 :Text;           # 1 to 64 bytes, the client's own
  position @1 :UInt64;     # up to where it is done, as `through` tells it; 0 forgets the name
}

struct Kept {
  position @0 :UInt64;
}

struct Followed {
  events @0 :List(Event);
  through @1 :UInt64;      # everything up to here has been looked at: what is not among the events was filtered out
  live @2 :Bool;           # that was the end of the log when it was sent
}

struct Ask {
  # A question that the program answers as a command of the same name does: kpi, trail, caseload, evaluate and so on. Progress comes at most
  # ten times a second, from the first second on. `cancel` ends it, and so does the end of the connection.
  command @0 :Text;
  arguments @1 :List(Text);  # as they would be typed, without --ledger, --server and the form
  form @2 :DocumentForm;
  language @3 :Text;         # "en", "da"
  columns @4 :UInt16;        # that text may take; 0: 100
  atLeast @5 :UInt64;        # the answer knows this position, or more: of one's own last append, say
  progress @6 :Bool;         # whether to tell how far it has come
  called @7 :Text;           # what is typed to start the program, for commands that are suggested; "fodspor" if nothing
  terminal @8 :Bool;         # text is written to a terminal: lines that do not fit it may be cut
  colour @9 :Bool;           # and in colour
}

enum DocumentForm {
  json @0;
  csv @1;
  text @2;
}

struct Progress {
  done @0 :UInt64;
  of @1 :UInt64;           # 0: not known
}

struct Document {
  content @0 :Data;        # UTF-8
  remarks @1 :List(Text);  # what the command says beside it
  status @2 :UInt8;        # the command's exit status: 0 yes, 1 no
  position @3 :UInt64;     # of the last event that the answer knows
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
