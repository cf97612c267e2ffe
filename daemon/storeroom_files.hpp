#pragma once

#include <fcntl.h>

#include <string>
#include <utility>
#include <vector>

#include "ports/files.hpp"
#include "storage/destination.hpp"
#include "storage/snapshot.hpp"
#include "storage/source.hpp"
#include "storage/storeroom.hpp"
#include "storage/text_file.hpp"

namespace haul {

/// Control's door to the storeroom.
class StoreroomFiles final : public ports::Files {
public:
    explicit StoreroomFiles(storage::Storeroom& storeroom) : storeroom_(storeroom) {}

    void publish(model::PublishRequest request) override { storeroom_.publish(std::move(request)); }
    void discard(model::DiscardRequest request) override { storeroom_.discard(std::move(request)); }
    Result<model::Destination> check_destination(const model::DestinationWish& wish) override {
        return storage::check_destination(wish);
    }
    bool can_move(const std::string& path, const std::string& directory) override {
        return storage::can_move(path, directory);
    }
    Result<model::SourceFile> look_at_source(const std::string& path) override {
        return storage::look_at_source(path);
    }
    Result<model::SourceFile> look_at_source(int fd) override { return storage::look_at_source(fd); }
    bool may_reflink(const model::SourceFile& source, const std::string& directory) override {
        return storage::may_reflink(source.path, directory);
    }
    void spool(model::SpoolRequest request) override { storeroom_.spool(std::move(request)); }
    std::vector<std::string> list(const std::string& directory, const std::string& suffix) override {
        return storage::list_files(directory, suffix);
    }
    Result<UniqueFd> open_text(const std::string& text) override { return storage::text_file(text); }
    Result<UniqueFd> open_result(const std::string& path) override {
        UniqueFd fd{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};
        if (!fd) return fail(ErrorCode::InvalidState, "the result can't be opened: " + errno_text(errno));
        return fd;
    }

private:
    storage::Storeroom& storeroom_;
};

/// What the storeroom says, in control's words; it has no words for Drained.
inline ports::StoreroomReport to_report(storage::Report report) {
    auto about = [](const auto& file, model::Fact fact) {
        return ports::FileReport{file.task, file.attempt, std::move(fact)};
    };
    if (auto* synced = std::get_if<storage::Synced>(&report))
        return about(*synced, model::fact::Synced{std::move(synced->bytes)});
    if (auto* failed = std::get_if<storage::SyncFailed>(&report))
        return about(*failed, model::fact::SyncFailed{failed->text});
    if (auto* discarded = std::get_if<storage::Discarded>(&report))
        return ports::Discarded{discarded->number};
    if (auto* spooled = std::get_if<model::Spooled>(&report)) return std::move(*spooled);
    auto& published = std::get<storage::Published>(report);
    if (published.outcome) return about(published, model::fact::Published{std::move(*published.outcome)});
    const auto& trouble = published.outcome.error();
    return about(published, model::fact::Unpublished{trouble.ending, trouble.reason, trouble.text});
}

}  // namespace haul
