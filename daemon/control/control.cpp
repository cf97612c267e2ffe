#include "control/control.hpp"

#include <algorithm>
#include <set>

#include "base/log.hpp"
#include "control/part_name.hpp"
#include "control/stored_options.hpp"

namespace haul::control {
namespace {

constexpr std::uint32_t kForgetAtOnce = 1'000;
constexpr std::uint32_t kMostWatched = 1'000;
constexpr int kChainsAtOnce = 1'000;
constexpr Duration kLinkUpSpread = std::chrono::seconds{1};  // not all machines of a house at once

bool has_network(const model::Conditions& conditions) {
    return find_blocks(model::Gate::Network, conditions, {}) == model::Block::None;
}

std::optional<WallTime> earliest(std::initializer_list<std::optional<WallTime>> times) {
    std::optional<WallTime> first;
    for (const auto& time : times)
        if (time && (!first || *time < *first)) first = time;
    return first;
}

}  // namespace

Control::Control(journal::Journal& journal, const Doorways& doorways, Settings settings)
    : journal_(journal),
      settings_(std::move(settings)),
      doorways_(doorways),
      turn_(journal.database),
      book_(journal),
      limits_(journal, turn_, settings_.limits),
      gatekeeper_(settings_.leisure),
      scheduler_(settings_.limits, book_, gatekeeper_),
      wakes_(journal, settings_.relaunch),
      pump_(journal, doorways.clients, wakes_),
      waits_(doorways.clients, settings_.limits.waits_per_owner),
      ledger_(settings_.limits.spool_bytes_per_owner),
      sockets_(journal, turn_, book_, pump_, doorways_),
      chains_(journal, turn_, book_),
      life_(journal, turn_, book_, scheduler_, pump_, waits_, ledger_, sockets_, chains_, doorways_,
            settings_),
      creation_(journal, turn_, scheduler_, book_, life_, chains_, doorways.files, doorways.clock, settings_),
      sources_(doorways.files, ledger_, settings_) {}

Result<> Control::recover(const std::string& boot_id) {
    TRY(book_.load());
    TRY(creation_.load());
    TRY(wakes_.load());
    TRY(chains_.load());
    TRY(limits_.load());
    tell_limits();
    TRY(recover_spool());
    TRY(remove_spool_orphans());
    bool same_boot = TRY(journal_.meta.get("boot")) == boot_id;
    model::fact::Recovered recovered{.same_boot = same_boot};

    TRY(turn_.open());
    TRY(journal_.meta.set("boot", boot_id));
    TRY(recover_clock(same_boot));
    for (auto task : TRY(same_boot ? journal_.tasks.interrupted() : journal_.tasks.with_bytes()))
        TRY(life_.apply(task, recovered));
    for (auto& request : TRY(journal_.discards.all()))
        turn_.after_commit([this, request] { doorways_.files.discard(request); });
    Result<> committed;
    turn_.on_settled([&](const Error* failure) {
        if (failure) committed = tl::make_unexpected(*failure);
    });
    turn_.settle();
    TRY(committed);

    TRY(place_all());
    TRY(forget_unasked());
    TRY(forget_old());
    book_.touch_all();
    settle();
    return {};
}

/// Counts what uploads have in the spool, and removes what no task reads any more.
Result<> Control::recover_spool() {
    std::set<std::string> read;
    for (const auto& source : TRY(journal_.tasks.spooled())) {
        read.insert(source.path);
        if (const auto* session = book_.find(source.session)) ledger_.take(session->row.owner, source.size);
    }
    for (const auto& path : doorways_.files.list(settings_.spool, kSourceSuffix))
        if (!read.contains(path)) doorways_.files.discard({.number = 0, .path = path});
    return {};
}

/// Removes results and part files in the spool that belong to no task, such as those of a journal that could
/// not be read.
Result<> Control::remove_spool_orphans() {
    std::set<std::string> orphans;
    for (const auto& path : doorways_.files.list(settings_.spool, ""))
        if (auto owner = owner_of_spooled(path.substr(path.rfind('/') + 1), journal_.instance))
            if (!TRY(journal_.tasks.exists(*owner))) orphans.insert(path);
    if (orphans.empty()) return {};
    for (const auto& path : TRY(journal_.tasks.part_paths())) orphans.erase(path);
    for (const auto& path : orphans) doorways_.files.discard({.number = 0, .path = path});
    return {};
}

/// Ends that no client has asked for in a long time count as acknowledged.
Result<> Control::forget_unasked() {
    auto now = doorways_.clock.now();
    swept_ = now;
    for (const auto& id : book_.ids())
        if (auto last = TRY(journal_.events.last_before(id, now - settings_.keep_unacknowledged));
            last.value != 0)
            TRY(acknowledge_up_to(id, last));
    return {};
}

/// Forgets tasks whose end was acknowledged long ago, a bounded number at a time.
Result<> Control::forget_old() {
    for (auto id : TRY(journal_.tasks.forgettable(doorways_.clock.now(), kForgetAtOnce))) {
        auto task = TRY(journal_.tasks.find(id));
        if (task) TRY(life_.forget(*task));
    }
    return {};
}

void Control::on_transfer(ports::TransferReport report) {
    take(std::move(report));
}

void Control::on_storeroom(ports::StoreroomReport report) {
    take(std::move(report));
}

/// A report must not be lost with a turn that fails: then it is kept, in order, until the journal works
/// again.
void Control::take(Report report) {
    if (!postponed_.empty()) {
        postponed_.push_back(std::move(report));
        return;
    }
    if (auto served = turn_.note(serve(report)); !served)
        log::warn("control: a report is of no use: {}", served.error().message);
    turn_.on_settled([this, report = std::move(report)](const Error* failure) mutable {
        if (failure) postponed_.push_back(std::move(report));
    });
}

Result<> Control::serve(const Report& report) {
    if (const auto* transfer = std::get_if<ports::TransferReport>(&report))
        return life_.on_transfer(*transfer);
    if (const auto* channel = std::get_if<ports::ChannelReport>(&report)) return serve(*channel);
    return serve(std::get<ports::StoreroomReport>(report));
}

Result<> Control::serve(const ports::StoreroomReport& storeroom) {
    if (const auto* file = std::get_if<ports::FileReport>(&storeroom)) return life_.on_file(*file);
    if (const auto* spooled = std::get_if<model::Spooled>(&storeroom)) {
        sources_.on_spooled(*spooled);
        return {};
    }
    TRY(turn_.open());
    return journal_.discards.remove(std::get<ports::Discarded>(storeroom).number);
}

void Control::on_alarm() {
    if (is_clock_set()) return on_clock_set();  // who rang the alarm
    auto now = doorways_.clock.now();
    if (journal_retry_ && *journal_retry_ <= now) {
        journal_retry_.reset();
        for (auto& report : std::exchange(postponed_, {})) take(std::move(report));
    }
    for (auto session : std::exchange(ending_, {})) book_.touch(session);
    if (rate_until_ && *rate_until_ <= now) tell_rates();
    if (link_up_ && *link_up_ <= now) link_up_.reset();
    while (auto session = wakes_.take_due(now)) book_.touch(*session);
    for (auto task : waits_.due(now))
        if (auto waited = journal_.tasks.find(task); waited && *waited) waits_.time_out(**waited, now);
    while (auto task = scheduler_.take_due(now))
        if (auto looked = turn_.note(look_at(*task)); !looked)
            log::warn("control: {} task={}", looked.error().message, task->value);
}

void Control::on_network_better() {
    scheduler_.forget_failures();
    for (auto task : scheduler_.unreached())
        if (auto told = turn_.note(life_.apply(task, model::fact::NetworkBetter{})); !told)
            log::warn("control: {} task={}", told.error().message, task.value);
}

void Control::on_conditions(model::Conditions conditions) {
    is_informed_ = true;
    conditions.data_saver = limits_.data_saver();
    if (conditions == gatekeeper_.conditions()) return;
    bool was_linked = has_network(gatekeeper_.conditions());
    auto before = watched_tasks();
    scheduler_.set_conditions(conditions);
    for (const auto& [client, task] : before)
        if (auto after = life_.as_seen(task); after.blocked != task.blocked)
            doorways_.clients.state_changed(client, task, after);
    if (!was_linked && has_network(conditions)) {
        scheduler_.forget_failures();
        link_up_ = doorways_.clock.now() + model::spread(kLinkUpSpread, doorways_.clock.jitter());
    }
    halt_running();
}

void Control::on_room(const std::string& directory, Bytes room) {
    for (auto task : life_.space().find(directory, room))
        if (auto told = turn_.note(life_.apply(task, model::fact::RoomMade{})); !told)
            log::warn("control: {} task={}", told.error().message, task.value);
    turn_.on_settled([this, directory](const Error*) { life_.space().watch(directory); });
}

/// Waiting tasks with a client that wants to hear of them, as it sees them now; a bounded number.
std::vector<std::pair<ports::ClientName, model::Task>> Control::watched_tasks() {
    std::vector<std::pair<ports::ClientName, model::Task>> watched;
    for (const auto& session : book_.ids()) {
        const auto* client = pump_.client_of(session);
        if (!client) continue;
        auto left = kMostWatched - static_cast<std::uint32_t>(watched.size());
        auto waiting =
            journal_.tasks.in_states(session, model::TaskState::Waiting, model::TaskState::Waiting, left);
        if (!waiting) continue;
        for (auto id : *waiting)
            if (auto task = journal_.tasks.find(id); task && *task)
                watched.emplace_back(*client, life_.as_seen(std::move(**task)));
    }
    return watched;
}

/// What runs and may not go on.
void Control::halt_running() {
    for (const auto& [task, blocks] : life_.open().find_halts(gatekeeper_, doorways_.clock.now()))
        if (auto halted = turn_.note(life_.apply(task, model::fact::Halted{blocks})); !halted)
            log::warn("control: {} task={}", halted.error().message, task.value);
}

/// Tells ends to those that waited for them, `left` at most.
void Control::follow_chains(int& left) {
    for (; left > 0 && !chains_.is_empty(); --left) {
        auto word = turn_.note(chains_.next());
        if (!word || !*word) break;
        if (auto told = turn_.note(life_.apply((*word)->task, (*word)->fact)); !told)
            log::warn("control: {} task={}", told.error().message, (*word)->task.value);
    }
}

/// The machine sleeps when everything is on the disk, and stays awake while bytes flow that want that.
void Control::serve_sleep() {
    bool may_sleep = gatekeeper_.conditions().is_asleep && life_.open().is_empty();
    if (may_sleep && !may_sleep_) doorways_.sleep.allow();
    may_sleep_ = may_sleep;
    if (life_.open().keeps_awake() == stays_awake_) return;
    stays_awake_ = !stays_awake_;
    doorways_.sleep.keep_awake(stays_awake_);
}

/// A task's deadline is over, its delay, or its window.
Result<> Control::look_at(TaskId id) {
    auto task = TRY(journal_.tasks.find(id));
    if (!task) return {};
    auto now = doorways_.clock.now();
    if (task->deadline && *task->deadline <= now) {
        TRY(life_.apply(std::move(*task), model::fact::DeadlinePassed{}));
        return {};
    }
    auto closed = gatekeeper_.find_halt(task->gate, task->window, now);
    if (task->state == model::TaskState::Running && closed != model::Block::None) {
        TRY(life_.apply(std::move(*task), model::fact::Halted{closed}));
        return {};
    }
    scheduler_.place(*task, now);
    return {};
}

void Control::settle() {
    int chains_left = kChainsAtOnce;
    follow_chains(chains_left);
    admit();
    review_sessions();
    while (!turn_.is_empty()) {
        bool failed = false;
        turn_.on_settled([&failed](const Error* failure) { failed = failure != nullptr; });
        turn_.settle();
        if (failed) {
            on_failed_turn();
            break;
        }
        scheduler_.commit();
        pump_.flush();
        follow_chains(chains_left);
        admit();
        review_sessions();
    }
    serve_sleep();
    bool has_more = !ending_.empty() || !chains_.is_empty();
    auto at_once = has_more ? std::optional{doorways_.clock.now()} : std::nullopt;
    doorways_.clock.set_alarm(earliest({scheduler_.next_time(), waits_.next_time(), wakes_.next_time(),
                                        journal_retry_, at_once, link_up_, rate_until_}));
}

void Control::admit() {
    if (stopping_ || journal_retry_ || !is_informed_ || link_up_) return;
    while (auto task = scheduler_.take_ready())
        if (auto admitted = turn_.note(admit(*task)); !admitted)
            log::error("control: can't start: {} task={}", admitted.error().message, task->value);
}

Result<> Control::admit(TaskId id) {
    auto task = TRY(journal_.tasks.find(id));
    if (!task) return {};
    auto now = doorways_.clock.now();
    bool is_given = gatekeeper_.find(*task, now).is_given();
    if (is_given && task->kind == model::TaskKind::Upload && !task->source_file.is_found()) {
        auto options = with_secrets(load_options(task->options), TRY(journal_.secrets.of(id)));
        auto found = sources_.look_again(task->source_file.path, options);
        task = TRY(life_.apply(std::move(*task), found));
        is_given = gatekeeper_.find(*task, now).is_given();
    }
    if (is_given)
        TRY(life_.apply(std::move(*task), model::fact::Admit{}));
    else
        scheduler_.place(*task, now);
    return {};
}

void Control::on_failed_turn() {
    pump_.forget();
    sockets_.recount();
    if (!journal_retry_) journal_retry_ = doorways_.clock.now() + kJournalRetry;
    if (auto loaded = book_.load(); !loaded) log::error("control: {}", loaded.error().message);
    if (auto loaded = wakes_.load(); !loaded) log::error("control: {}", loaded.error().message);
    if (auto loaded = chains_.load(); !loaded) log::error("control: {}", loaded.error().message);
    book_.touch_all();
    for (auto id : scheduler_.take_uncommitted()) {
        auto task = journal_.tasks.find(id);
        if (task && *task)
            scheduler_.place(**task, doorways_.clock.now());
        else
            scheduler_.remove(id);
    }
    scheduler_.commit();
}

bool Control::is_idle() const {
    return !scheduler_.has_work() && life_.open().is_empty() && !life_.is_publishing() &&
           !pump_.has_clients() && waits_.is_empty() && postponed_.empty() && !sources_.is_busy() &&
           !wakes_.next_time() && !wakes_.is_launching() && ending_.empty() && chains_.is_empty();
}

void Control::stop() {
    stopping_ = true;
    life_.stop_all();
}

void Control::scrub() {
    settle();  // others may have begun a turn before the timer came
    if (auto scrubbed = journal_.database.scrub(); !scrubbed) {
        log::warn("control: {}", scrubbed.error().message);
        return;
    }
    life_.on_scrubbed();
}

}  // namespace haul::control
