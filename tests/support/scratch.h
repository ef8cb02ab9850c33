// Where tests put ledgers that need no real disk: in memory if the machine has room there, as every synced append costs milliseconds on a
// disk. FODSPOR_SCRATCH names another folder, on a real disk for example. What a power cut would take is the concern of
// fault_file_system.h, not of the disk below.
#pragma once

#include <filesystem>
#include <string>

namespace fodspor::tests {

// A new directory, named after `purpose`.
std::filesystem::path new_scratch_directory(const std::string& purpose);

}  // namespace fodspor::tests
