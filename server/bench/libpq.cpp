#include "server/bench/libpq.h"

#include <dlfcn.h>

namespace fodspor::server::bench {

Result<Libpq> Libpq::open() {
  // Never closed: connections may be anywhere.
  void* const library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return fail(Fault::unavailable, "libpq.so.5 is not installed (the package libpq5)");
  Libpq found{};
  bool all = true;
  const auto find = [&](auto& function, const char* name) {
    void* const symbol = dlsym(library, name);
    all = all && symbol != nullptr;
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(symbol);
  };
  find(found.connect, "PQconnectdb");
  find(found.ping, "PQping");
  find(found.status, "PQstatus");
  find(found.error_message, "PQerrorMessage");
  find(found.finish, "PQfinish");
  find(found.socket, "PQsocket");
  find(found.set_nonblocking, "PQsetnonblocking");
  find(found.exec, "PQexec");
  find(found.prepare, "PQprepare");
  find(found.send_prepared, "PQsendQueryPrepared");
  find(found.enter_pipeline, "PQenterPipelineMode");
  find(found.sync_pipeline, "PQpipelineSync");
  find(found.flush, "PQflush");
  find(found.consume_input, "PQconsumeInput");
  find(found.is_busy, "PQisBusy");
  find(found.get_result, "PQgetResult");
  find(found.result_status, "PQresultStatus");
  find(found.clear, "PQclear");
  if (!all) return fail(Fault::unavailable, "the libpq of this machine has no pipeline mode; version 14 or later is needed");
  return found;
}

}  // namespace fodspor::server::bench
