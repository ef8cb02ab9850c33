// Where a fold of a whole view goes: into the files of its next generation, or into memory. Each is owned by the one fold that fills it.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "projections/memory_rows.h"
#include "projections/view_build.h"
#include "projections/view_fold.h"

namespace fodspor::projections {

class BuildSink : public ViewSink {
 public:
  BuildSink(std::filesystem::path directory, std::size_t buffer_bytes) : directory_(std::move(directory)), buffer_bytes_(buffer_bytes) {}
  Status take(const StreamId& subject, Contribution& contribution) override { return build_->add(subject, contribution); }
  Status restart() override {
    build_.reset();
    FODSPOR_TRY(build_, ViewBuild::begin(directory_, buffer_bytes_));
    return {};
  }
  ViewBuild& build() { return *build_; }

 private:
  std::filesystem::path directory_;
  std::size_t buffer_bytes_;
  std::unique_ptr<ViewBuild> build_;
};

class MemorySink : public ViewSink {
 public:
  Status take(const StreamId&, Contribution& contribution) override {
    rows_->add(contribution);
    return {};
  }
  Status restart() override {
    rows_ = std::make_unique<MemoryRows>();
    return {};
  }
  std::unique_ptr<MemoryRows> finish(Position position) {
    rows_->set_position(position);
    return std::move(rows_);
  }

 private:
  std::unique_ptr<MemoryRows> rows_ = std::make_unique<MemoryRows>();
};

// Fault::not_found, with the names that there are.
Failure unknown_view(std::string_view name);

}  // namespace fodspor::projections
