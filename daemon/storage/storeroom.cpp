#include "storage/storeroom.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/log.hpp"

namespace haul::storage {
namespace {

/// Only while there is one thread: umask(2) can't be read without being set.
std::uint32_t mode_after_umask() {
    auto mask = ::umask(0);
    ::umask(mask);
    return 0666U & ~mask;
}

}  // namespace

Storeroom::Storeroom(Sink sink)
    : sink_(std::move(sink)), default_mode_(mode_after_umask()), thread_([this] { run(); }) {}

Storeroom::~Storeroom() {
    mailbox_.post(Quit{});
    thread_.join();
}

void Storeroom::sync(TaskId task, Attempt attempt, UniqueFd fd, model::Coverage bytes) {
    mailbox_.post(Sync{task, attempt, std::move(fd), std::move(bytes)});
}

void Storeroom::publish(model::PublishRequest request) {
    mailbox_.post(std::move(request));
}

void Storeroom::discard(model::DiscardRequest request) {
    mailbox_.post(std::move(request));
}

void Storeroom::spool(model::SpoolRequest request) {
    mailbox_.post(std::move(request));
}

void Storeroom::drain() {
    mailbox_.post(Drain{});
}

void Storeroom::run() {
    pollfd waiting{mailbox_.fd(), POLLIN, 0};
    while (true) {
        ::poll(&waiting, 1, -1);
        if (!serve(mailbox_.take_all())) return;
    }
}

Report Storeroom::serve_sync(const Sync& sync) {
    if (sync.fd && ::fdatasync(sync.fd.get()) == 0) return Synced{sync.task, sync.attempt, sync.bytes};
    // The kernel tells of lost pages once and then takes them for clean: this attempt's bytes must not be
    // published.
    spoiled_[sync.task] = sync.attempt;
    return SyncFailed{sync.task, sync.attempt,
                      "the downloaded bytes can't be made durable: " + errno_text(errno)};
}

/// Reading takes its time, and others' files need not wait for it.
void Storeroom::inspect(model::PublishRequest request) {
    if (!inspector_)
        inspector_.emplace([this](Inspection inspection) {
            if (inspection.fault)
                sink_({Published{inspection.request.task, inspection.request.attempt,
                                 tl::make_unexpected(std::move(*inspection.fault))}});
            else
                mailbox_.post(std::move(inspection.request));
        });
    inspector_->inspect(std::move(request));
}

void Storeroom::put_together(model::SpoolRequest request) {
    if (!spooler_) spooler_.emplace([this](model::Spooled spooled) { sink_({std::move(spooled)}); });
    spooler_->spool(std::move(request));
}

/// False after the last request.
bool Storeroom::serve(std::vector<Request> requests) {
    bool goes_on = true;
    bool drains = false;
    std::vector<Report> reports;
    std::vector<model::PublishRequest> publications;
    for (auto& request : requests) {
        if (auto* sync = std::get_if<Sync>(&request)) {
            reports.push_back(serve_sync(*sync));
        } else if (auto* publication = std::get_if<model::PublishRequest>(&request)) {
            if (publication->digests.empty())
                publications.push_back(std::move(*publication));
            else
                inspect(std::move(*publication));
        } else if (auto* discard = std::get_if<model::DiscardRequest>(&request)) {
            if (::unlink(discard->path.c_str()) == 0 || errno == ENOENT || errno == ENOTDIR)
                reports.emplace_back(Discarded{discard->number});
            else
                log::warn("storage: {} can't be removed: {}", discard->path, errno_text(errno));
        } else if (auto* body = std::get_if<model::SpoolRequest>(&request)) {
            put_together(std::move(*body));
        } else if (std::holds_alternative<Drain>(request)) {
            drains = true;
        } else {
            goes_on = false;
        }
    }
    std::erase_if(publications, [&](const auto& publication) {
        auto spoiled = spoiled_.find(publication.task);
        return spoiled != spoiled_.end() && spoiled->second == publication.attempt;
    });
    auto outcomes = storage::publish(publications, default_mode_);
    for (std::size_t i = 0; i < outcomes.size(); ++i)
        reports.emplace_back(
            Published{publications[i].task, publications[i].attempt, std::move(outcomes[i])});
    if (drains) reports.emplace_back(Drained{});
    if (!reports.empty()) sink_(std::move(reports));
    return goes_on;
}

}  // namespace haul::storage
