// The definitions that a command can name: those that ship, those approved in the ledger, and files. Values.
#pragma once

#include <string>
#include <vector>

#include "projections/definition.h"
#include "server/cli/console.h"

namespace fodspor::server {

std::string hex_of(std::string_view bytes);
std::string_view name(projections::Unit unit) noexcept;

// "esf.cr06", "esf.cr06@1.0.0", or a file whose name ends in .toml, which is read, checked and added to the library. Fault::not_found names
// what was perhaps meant.
Result<projections::Definition> find_definition(projections::Library& library, const std::string& text, const World& world);

}  // namespace fodspor::server
