#include "projections/runner.h"

#include <algorithm>
#include <system_error>

#include "projections/dirty.h"
#include "projections/reach.h"
#include "projections/view_build.h"
#include "projections/view_files.h"
#include "projections/view_fold.h"
#include "projections/view_sinks.h"
#include "projections/view_store.h"

namespace fodspor::projections {

namespace {

// One pass takes so many events, so that its pending changes stay small and a checkpoint is never far.
constexpr std::uint64_t pass_events = 20'000;
// A subject read through the indexes costs about what some dozens of events cost in a scan. Behind by more than one event in
// `rebuild_share` (and by enough to matter), or by `rebuild_events`, a rebuild is sooner done.
constexpr std::uint64_t rebuild_share = 20;
constexpr std::uint64_t rebuild_events_min = 2'000;
constexpr std::uint64_t rebuild_events = 200'000;
// A sorted run is sorted where it was written, in memory that is warm: larger buffers make fewer runs and slower ones.
constexpr std::size_t build_buffer_bytes = 16u << 20;
constexpr int open_attempts = 5;

bool rebuild_is_cheaper(std::uint64_t subjects, Position of) {
  return subjects >= rebuild_events || (subjects >= rebuild_events_min && subjects > of.value / rebuild_share);
}

struct Kept {
  std::unique_ptr<View> view;
  std::unique_ptr<ViewStore> store;  // none: not built yet, or not usable
  std::uint64_t generation = 0;
  std::string name() const { return std::string(view->name()); }
};

}  // namespace

class Runner::Impl {
 public:
  Impl(const engine::Ledger& ledger, Mode mode) : ledger_(ledger), mode_(mode), files_(ledger.directory() / "views") {
    for (auto& view : all_views()) kept_.push_back({std::move(view), nullptr, 0});
  }

  Status open() {
    if (mode_ == Mode::write) {
      FODSPOR_TRY(ViewLock lock, ViewLock::take(files_.root()));
      lock_.emplace(std::move(lock));
    }
    for (Kept& kept : kept_) FODSPOR_DO(open_store(kept));
    return {};
  }

  Status catch_up(const RebuildOptions& options) {
    FODSPOR_CHECK(mode_ == Mode::write && options.only.empty());
    const Position end = ledger_.durable();
    FODSPOR_DO(rebuild_those_that(end, options, [&](const Kept& kept) {
      return !kept.store ||
             (!kept.store->checkpoint().stopped && rebuild_is_cheaper(end.value - kept.store->checkpoint().position.value, end));
    }));
    for (;;) {
      if (options.cancelled && options.cancelled()) return fail(Fault::cancelled, "the views were not brought up to the end of the log");
      FODSPOR_TRY(const Pass pass, next_pass(end));
      if (pass.group.empty()) break;
      FODSPOR_TRY(const bool advanced, advance(pass));
      if (!advanced) {
        FODSPOR_DO(rebuild_those_that(
            end, options, [&](const Kept& kept) { return std::find(pass.group.begin(), pass.group.end(), &kept) != pass.group.end(); }));
      }
      if (options.progress) options.progress(pass.to.value, end.value);
    }
    return {};
  }

  Status rebuild(const RebuildOptions& options) {
    FODSPOR_CHECK(mode_ == Mode::write);
    std::vector<Kept*> group;
    FODSPOR_TRY(group, chosen(options.only));
    return rebuild_group(group, ledger_.durable(), options);
  }

  Result<std::vector<std::string>> verify(const RebuildOptions& options) {
    FODSPOR_TRY(std::vector<Kept*> left, chosen(options.only));
    std::vector<std::string> differ;
    while (!left.empty()) {
      if (!left.front()->store) {
        differ.push_back(left.front()->name());
        left.erase(left.begin());
        continue;
      }
      // Views at one position are checked by one scan.
      const Position position = left.front()->store->checkpoint().position;
      std::vector<Kept*> group;
      std::erase_if(left, [&](Kept* kept) {
        if (!kept->store || kept->store->checkpoint().position != position) return false;
        group.push_back(kept);
        return true;
      });
      FODSPOR_DO(verify_group(group, position, options, differ));
    }
    std::sort(differ.begin(), differ.end());
    return differ;
  }

  std::vector<ViewState> states() const {
    std::vector<ViewState> states;
    for (const Kept& kept : kept_) {
      ViewState state;
      state.name = kept.name();
      state.generation = kept.generation;
      if (kept.store) {
        state.position = kept.store->checkpoint().position;
        state.stopped = kept.store->checkpoint().stopped;
        state.rows = kept.store->checkpoint().rows;
      }
      states.push_back(std::move(state));
    }
    return states;
  }

  Result<std::unique_ptr<Rows>> rows(std::string_view name) const {
    for (const Kept& kept : kept_) {
      if (kept.view->name() != name) continue;
      if (!kept.store) return fail(Fault::not_found, "the view " + kept.name() + " has not been built yet; `fodspor rebuild` makes it");
      return kept.store->rows();
    }
    return tl::make_unexpected(unknown_view(name));
  }

 private:
  // Opens the latest generation, if it can be used: of this version of the view, and of this log.
  Status open_store(Kept& kept) {
    for (int attempt = 1;; ++attempt) {
      kept.store.reset();
      const auto generation = files_.latest(kept.view->name());
      if (!generation) return {};
      kept.generation = *generation;
      auto opened = ViewStore::open(files_.live(kept.view->name(), *generation),
                                    mode_ == Mode::write ? ViewStore::Mode::write : ViewStore::Mode::read);
      if (opened) {
        FODSPOR_TRY(const bool usable, is_usable(kept, (*opened)->checkpoint()));
        if (usable) kept.store = std::move(*opened);
        return {};
      }
      // A view is a function of the log: one that cannot be opened is built anew. A reader may have met a writer's flip, and looks again.
      if (mode_ == Mode::write) return {};
      if (attempt == open_attempts) return tl::make_unexpected(std::move(opened).error());
    }
  }

  Result<bool> is_usable(const Kept& kept, const Checkpoint& checkpoint) const {
    if (checkpoint.view_version != kept.view->version() || checkpoint.position > ledger_.durable()) return false;
    if (checkpoint.position.value == 0) return true;
    FODSPOR_TRY(const Event event, ledger_.read(checkpoint.position));
    return event.id() == checkpoint.anchor;
  }

  Result<Checkpoint> checkpoint_at(const View& view, Position position, std::optional<Poison> stopped) const {
    Checkpoint checkpoint;
    checkpoint.position = position;
    checkpoint.view_version = view.version();
    checkpoint.stopped = std::move(stopped);
    if (position.value > 0) {
      FODSPOR_TRY(const Event event, ledger_.read(position));
      checkpoint.anchor = event.id();
    }
    return checkpoint;
  }

  Result<std::vector<Kept*>> chosen(const std::vector<std::string>& only) {
    std::vector<Kept*> group;
    for (const std::string& name : only) {
      if (std::none_of(kept_.begin(), kept_.end(), [&](const Kept& kept) { return kept.view->name() == name; })) {
        return tl::make_unexpected(unknown_view(name));
      }
    }
    for (Kept& kept : kept_) {
      if (only.empty() || std::find(only.begin(), only.end(), kept.view->name()) != only.end()) group.push_back(&kept);
    }
    return group;
  }

  template <class Wanted>
  Status rebuild_those_that(Position end, const RebuildOptions& options, const Wanted& wanted) {
    std::vector<Kept*> group;
    for (Kept& kept : kept_) {
      if (wanted(kept)) group.push_back(&kept);
    }
    if (group.empty()) return {};
    return rebuild_group(group, end, options);
  }

  static ScanOptions scan_options(const RebuildOptions& options) {
    ScanOptions scan;
    scan.memory_bytes = options.memory_bytes / 2;
    scan.progress = options.progress;
    scan.cancelled = options.cancelled;
    return scan;
  }

  // A quarter of the memory is the builds', half the scan's; the rest is the process's own.
  static std::size_t buffer_bytes(const RebuildOptions& options, std::size_t views) {
    return std::min(build_buffer_bytes, options.memory_bytes / 4 / views);
  }

  Status rebuild_group(const std::vector<Kept*>& group, Position end, const RebuildOptions& options) {
    std::vector<std::unique_ptr<BuildSink>> sinks;
    std::vector<ViewRun> runs;
    for (Kept* kept : group) {
      const std::uint64_t next = std::max(files_.latest(kept->view->name()).value_or(0), kept->generation) + 1;
      kept->generation = next;
      sinks.push_back(std::make_unique<BuildSink>(files_.building(kept->view->name(), next), buffer_bytes(options, group.size())));
      FODSPOR_DO(sinks.back()->restart());
      runs.push_back({kept->view.get(), sinks.back().get(), {}, {}});
    }
    FODSPOR_DO(fold_views(ledger_, scan_options(options), end, runs));
    for (std::size_t i = 0; i < group.size(); ++i) {
      Kept& kept = *group[i];
      FODSPOR_TRY(Checkpoint checkpoint, checkpoint_at(*kept.view, runs[i].position, runs[i].stopped));
      FODSPOR_DO(sinks[i]->build().finish(std::move(checkpoint)));
      kept.store.reset();
      FODSPOR_DO(files_.flip(kept.view->name(), kept.generation));
      FODSPOR_TRY(kept.store, ViewStore::open(files_.live(kept.view->name(), kept.generation), ViewStore::Mode::write));
      files_.tidy(kept.view->name(), kept.generation);
    }
    return {};
  }

  Status verify_group(const std::vector<Kept*>& group, Position position, const RebuildOptions& options, std::vector<std::string>& differ) {
    const std::filesystem::path scratch = files_.root() / "verify.new";
    std::vector<std::unique_ptr<BuildSink>> sinks;
    std::vector<ViewRun> runs;
    for (Kept* kept : group) {
      sinks.push_back(std::make_unique<BuildSink>(scratch / kept->name(), buffer_bytes(options, group.size())));
      FODSPOR_DO(sinks.back()->restart());
      runs.push_back({kept->view.get(), sinks.back().get(), {}, {}});
    }
    FODSPOR_DO(fold_views(ledger_, scan_options(options), position, runs));
    for (std::size_t i = 0; i < group.size(); ++i) {
      FODSPOR_DO(sinks[i]->build().finish({}));
      FODSPOR_TRY(const auto fresh, ViewStore::open(scratch / group[i]->name(), ViewStore::Mode::read));
      FODSPOR_TRY(const auto fresh_rows, fresh->rows());
      FODSPOR_TRY(const auto live_rows, group[i]->store->rows());
      FODSPOR_TRY(const std::string expected, projections::digest(*fresh_rows));
      FODSPOR_TRY(const std::string actual, projections::digest(*live_rows));
      if (expected != actual) differ.push_back(group[i]->name());
    }
    std::error_code error;
    std::filesystem::remove_all(scratch, error);
    return {};
  }

  // The views to advance next, all from one position and with the same events skipped.
  struct Pass {
    std::vector<Kept*> group;
    Position from, to;
    std::vector<EventId> skipped;
  };

  Result<Pass> next_pass(Position end) {
    Pass pass;
    std::optional<Skips> skips;
    for (Kept& kept : kept_) {
      const Checkpoint& checkpoint = kept.store->checkpoint();
      if (checkpoint.position >= end) continue;
      if (checkpoint.stopped) {
        FODSPOR_TRY(const bool still, still_stopped(kept, end));
        if (still) continue;
      }
      if (pass.group.empty()) {
        pass.from = checkpoint.position;
        // A view that goes on after a stop takes one pass: on the way there, its poison may still be one.
        pass.to = checkpoint.stopped ? end : Position{std::min(end.value, pass.from.value + pass_events)};
        FODSPOR_TRY(skips, Skips::load(ledger_, pass.to));
        pass.skipped = skips->of(kept.view->name());
        pass.group.push_back(&kept);
        if (checkpoint.stopped) break;
      } else if (!checkpoint.stopped && checkpoint.position == pass.from && skips->of(kept.view->name()) == pass.skipped) {
        pass.group.push_back(&kept);
      }
    }
    return pass;
  }

  // A stop ends when the event is skipped for this view, or is taken back: asked of the one history that holds it.
  Result<bool> still_stopped(const Kept& kept, Position end) const {
    const Poison& poison = *kept.store->checkpoint().stopped;
    FODSPOR_TRY(const Skips skips, Skips::load(ledger_, end));
    const std::vector<EventId>& skipped = skips.of(kept.view->name());
    if (std::binary_search(skipped.begin(), skipped.end(), poison.event)) return false;
    FODSPOR_TRY(const Event event, ledger_.read(poison.position));
    FODSPOR_TRY(const History history, load_history(ledger_, Context(), event.stream(), AsOf{end, {}}, &skipped));
    return history.poison() && history.poison()->position <= poison.position;
  }

  // The context of a position, from memory if it stands there. None: a poison stops it.
  Result<std::shared_ptr<const Context>> context_at(Position position, const std::vector<EventId>& skipped) {
    if (context_ && context_position_ == position && context_skipped_ == skipped) return context_;
    auto loaded = load_context(ledger_, AsOf{position, {}}, &skipped);
    if (!loaded && loaded.error().fault == Fault::stopped) return nullptr;
    FODSPOR_TRY(Context context, std::move(loaded));
    remember(position, skipped, std::make_shared<const Context>(std::move(context)));
    return context_;
  }

  void remember(Position position, const std::vector<EventId>& skipped, std::shared_ptr<const Context> context) {
    context_ = std::move(context);
    context_position_ = position;
    context_skipped_ = skipped;
  }

  // Brings the group from one position to another. False: it has to be rebuilt instead.
  Result<bool> advance(const Pass& pass) {
    FODSPOR_TRY(const Touched touched, read_touched(ledger_, pass.from, pass.to));
    FODSPOR_TRY(const Skips skips_before, Skips::load(ledger_, pass.from));
    FODSPOR_TRY(const auto before, context_at(pass.from, skips_before.of(pass.group.front()->view->name())));
    if (!before) return false;
    if (!touched.context) remember(pass.to, pass.skipped, before);
    FODSPOR_TRY(const auto after, context_at(pass.to, pass.skipped));

    std::vector<std::optional<Poison>> poisons(pass.group.size());
    if (!after) {
      FODSPOR_TRY(const std::optional<Poison> poison, context_poison(ledger_, AsOf{pass.to, {}}, &pass.skipped));
      if (!poison) return false;
      std::fill(poisons.begin(), poisons.end(), poison);
    } else {
      FODSPOR_TRY(const auto people, people_at(pass.from));
      FODSPOR_TRY(const Dirty dirty, find_dirty(ledger_, touched, *before, *after, people.get()));
      if (dirty.everything || rebuild_is_cheaper(dirty.subjects.size(), pass.to)) return false;
      for (Kept* kept : pass.group) FODSPOR_DO(kept->view->prepare(*after));
      for (const StreamId& subject : dirty.subjects) FODSPOR_DO(refold(pass, subject, *after, poisons));
    }
    for (std::size_t i = 0; i < pass.group.size(); ++i) {
      Kept& kept = *pass.group[i];
      if (poisons[i]) {
        kept.store->discard();
        FODSPOR_DO(stop_before(kept, pass.from, *poisons[i], pass.to));
      } else {
        FODSPOR_TRY(Checkpoint next, checkpoint_at(*kept.view, pass.to, {}));
        FODSPOR_DO(kept.store->commit(std::move(next)));
      }
    }
    return true;
  }

  Status stop_before(Kept& kept, Position from, const Poison& poison, Position to) {
    // What has become a poison by a later event lies behind the checkpoint: only from nothing can the view stop before it.
    if (poison.position <= from) return rebuild_group({&kept}, to, {});
    const Position last_good{poison.position.value - 1};
    if (last_good > from) {
      FODSPOR_TRY(const Skips skips, Skips::load(ledger_, last_good));
      FODSPOR_TRY(const bool advanced, advance({{&kept}, from, last_good, skips.of(kept.view->name())}));
      if (!advanced) FODSPOR_DO(rebuild_group({&kept}, last_good, {}));
    }
    if (kept.store->checkpoint().stopped && kept.store->checkpoint().position < last_good) return {};  // it met an earlier one
    FODSPOR_TRY(Checkpoint stopped, checkpoint_at(*kept.view, last_good, poison));
    return kept.store->commit(std::move(stopped));
  }

  Result<std::unique_ptr<Rows>> people_at(Position position) const {
    for (const Kept& kept : kept_) {
      if (kept.view->name() == "people" && kept.store && kept.store->checkpoint().position == position) return kept.store->rows();
    }
    return nullptr;
  }

  Status refold(const Pass& pass, const StreamId& subject, const Context& context, std::vector<std::optional<Poison>>& poisons) {
    if (std::none_of(pass.group.begin(), pass.group.end(), [&](const Kept* kept) { return kept->view->folds(subject.kind); })) return {};
    // Who was merged into somebody else contributes nothing any more.
    const bool stands_for_itself = subject.kind != StreamKind::participant || context.person(subject.id) == subject.id;
    std::optional<History> history;
    std::optional<Person> person;
    if (stands_for_itself) {
      FODSPOR_TRY(history, load_history(ledger_, context, subject, AsOf{pass.to, {}}, &pass.skipped));
      if (subject.kind == StreamKind::participant) person = Person::fold(*history, context);
    }
    for (std::size_t i = 0; i < pass.group.size(); ++i) {
      if (!pass.group[i]->view->folds(subject.kind)) continue;
      if (history && history->poison()) {
        if (!poisons[i] || history->poison()->position < poisons[i]->position) poisons[i] = history->poison();
        continue;
      }
      if (poisons[i]) continue;
      Contribution now;
      if (history && !history->events().empty()) {
        FODSPOR_DO(pass.group[i]->view->contribute(Subject{*history, person ? &*person : nullptr, context}, now));
        add_reach(last_day_of(*history), now);
      }
      FODSPOR_DO(pass.group[i]->store->replace(subject, now));
    }
    return {};
  }

  const engine::Ledger& ledger_;
  Mode mode_;
  ViewFiles files_;
  std::optional<ViewLock> lock_;
  std::vector<Kept> kept_;
  std::shared_ptr<const Context> context_;
  Position context_position_;
  std::vector<EventId> context_skipped_;
};

Runner::Runner(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Runner::~Runner() = default;

Result<std::unique_ptr<Runner>> Runner::open(const engine::Ledger& ledger, Mode mode) {
  auto impl = std::make_unique<Impl>(ledger, mode);
  FODSPOR_DO(impl->open());
  return std::unique_ptr<Runner>(new Runner(std::move(impl)));
}

Status Runner::catch_up(const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  RebuildOptions options;
  options.progress = progress;
  return impl_->catch_up(options);
}
Status Runner::catch_up(const RebuildOptions& options) {
  return impl_->catch_up(options);
}
Status Runner::rebuild(const RebuildOptions& options) {
  return impl_->rebuild(options);
}
Result<std::vector<std::string>> Runner::verify(const RebuildOptions& options) {
  return impl_->verify(options);
}
std::vector<ViewState> Runner::states() const {
  return impl_->states();
}
Result<std::unique_ptr<Rows>> Runner::rows(std::string_view view) const {
  return impl_->rows(view);
}

Result<std::string> Runner::digest(std::string_view view) const {
  FODSPOR_TRY(const auto rows, impl_->rows(view));
  return projections::digest(*rows);
}

}  // namespace fodspor::projections
