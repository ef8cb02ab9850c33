// `fodspor bench` measures the ledger and its views on the machine it is run on, each figure beside the value that is wanted of it:
// what an append costs beside raw RocksDB writing the same stored bytes, what an event weighs on disk, how fast a simulation tells and
// how fast all views are rebuilt, and how long a ledger takes to open after a clean close and after a kill.
#pragma once
