// libpq as it is found on this machine, opened when it is asked for: the program does not depend on it, and its headers are not needed to
// build it. What is declared here is as libpq-fe.h of PostgreSQL 14 and later has it. Any thread; a connection belongs to one.
#pragma once

#include "events/failure.h"

namespace fodspor::server::bench {

using namespace fodspor::events;

struct PGconn;
struct PGresult;

struct Libpq {
  // Of its enumerations, what is asked about.
  static constexpr int connection_ok = 0;                                  // ConnStatusType
  static constexpr int command_ok = 1, tuples_ok = 2, pipeline_sync = 10;  // ExecStatusType
  static constexpr int ping_ok = 0;                                        // PGPing

  // Fault::unavailable if it is not installed, or too old for pipelines.
  static Result<Libpq> open();

  PGconn* (*connect)(const char* conninfo);
  int (*ping)(const char* conninfo);
  int (*status)(const PGconn*);
  const char* (*error_message)(const PGconn*);
  void (*finish)(PGconn*);
  int (*socket)(const PGconn*);
  int (*set_nonblocking)(PGconn*, int nonblocking);
  PGresult* (*exec)(PGconn*, const char* command);
  PGresult* (*prepare)(PGconn*, const char* name, const char* query, int parameters, const unsigned* types);
  int (*send_prepared)(PGconn*, const char* name, int parameters, const char* const* values, const int* lengths, const int* formats,
                       int result_format);
  int (*enter_pipeline)(PGconn*);
  int (*sync_pipeline)(PGconn*);
  int (*flush)(PGconn*);
  int (*consume_input)(PGconn*);
  int (*is_busy)(PGconn*);
  PGresult* (*get_result)(PGconn*);
  int (*result_status)(const PGresult*);
  void (*clear)(PGresult*);
};

}  // namespace fodspor::server::bench
