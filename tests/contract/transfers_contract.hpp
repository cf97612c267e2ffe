#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <map>
#include <set>

#include "contract/http_server.hpp"
#include "engine/engine.hpp"
#include "unit/temp_dir.hpp"

namespace haul::contract {

using model::fact::Arrived;
using model::fact::Ending;
using model::fact::Interrupted;
using model::fact::Restarted;
using ports::TransferReport;

inline constexpr std::chrono::seconds kPatience{20};

/// The engine, its storeroom and a server.
class EngineRig {
public:
    void give(const std::string& path, const fakes::Entity& entity) { server_.give(path, entity); }
    std::string url(const std::string& path) const { return server_.url(path); }
    std::string part() const { return dir_ / "part"; }
    Bytes part_size() const { return std::filesystem::file_size(part()); }
    std::string part_content() const { return read_file(part()); }
    void make_part(Bytes size) { write_file(part(), fakes::bytes_of({}, 0, size)); }
    HttpServer& server() { return server_; }
    ports::Transfers& transfers() { return *engine_; }

    std::optional<TransferReport> next() {
        std::unique_lock lock(mutex_);
        if (!grown_.wait_for(lock, kPatience, [this] { return !reports_.empty(); })) return std::nullopt;
        auto report = std::move(reports_.front());
        reports_.pop_front();
        return report;
    }
    /// The reports that are left when everything has ended.
    std::vector<TransferReport> close() {
        engine_.reset();
        return {reports_.begin(), reports_.end()};
    }

private:
    TempDir dir_;
    HttpServer server_;
    std::mutex mutex_;
    std::condition_variable grown_;
    std::deque<TransferReport> reports_;
    storage::Storeroom storeroom_{[](const std::vector<storage::Report>&) {}};
    std::optional<engine::Engine> engine_{std::in_place,
                                          [this](TransferReport report) {
                                              std::lock_guard lock(mutex_);
                                              reports_.push_back(std::move(report));
                                              grown_.notify_all();
                                          },
                                          storeroom_,
                                          engine::EngineSettings{std::chrono::milliseconds{10}, 16}};
};

class FakeRig {
public:
    void give(const std::string& path, const fakes::Entity& entity) {
        transfers_.entities[url(path)] = entity;
    }
    std::string url(const std::string& path) const { return "http://example.org" + path; }
    std::string part() const { return "/d/part"; }
    Bytes part_size() { return disk_.open(part()).size; }
    void make_part(Bytes size) { disk_.open(part()).size = size; }
    ports::Transfers& transfers() { return transfers_; }

    std::optional<TransferReport> next() {
        if (reports_.empty()) transfers_.deliver();
        if (reports_.empty()) return std::nullopt;
        auto report = std::move(reports_.front());
        reports_.pop_front();
        return report;
    }
    std::vector<TransferReport> close() {
        transfers_.deliver();
        return {reports_.begin(), reports_.end()};
    }

private:
    fakes::FakeDisk disk_;
    std::deque<TransferReport> reports_;
    fakes::FakeTransfers transfers_{disk_,
                                    [this](TransferReport report) { reports_.push_back(std::move(report)); }};
};

template <class Rig>
class TransfersContract : public testing::Test {
protected:
    static constexpr TaskId kTask{7};
    static constexpr Bytes kSize = 1000;

    model::TransferRequest request(Attempt attempt, const std::string& path = "/file") {
        return {.task = kTask,
                .attempt = attempt,
                .url = rig_.url(path),
                .part = {.path = rig_.part()},
                .request_timeout = std::chrono::minutes{1}};
    }
    /// The same, to go on where an attempt ended.
    model::TransferRequest request_after(const Interrupted& ended, Attempt attempt) {
        auto next = request(attempt);
        next.total = ended.entity.total;
        next.validator = ended.entity.validator;
        next.digest = ended.entity.digest;
        next.part.done = ended.done;
        if (ended.is_segmented) next.part.trust = model::PartTrust::Covered;
        return next;
    }
    TransferReport next() {
        auto report = rig_.next();
        if (!report) throw std::runtime_error("no report came");
        return *report;
    }
    /// The attempt's last report; those before it must be of the same attempt.
    TransferReport last_of(Attempt attempt) {
        while (true) {
            auto report = next();
            EXPECT_EQ(report.task, kTask);
            EXPECT_EQ(report.attempt, attempt);
            if (report.last) return report;
        }
    }
    /// Waits until an attempt has so many bytes.
    void wait_for_bytes(Bytes bytes) {
        while (true) {
            auto report = next();
            ASSERT_FALSE(report.last);
            const auto* began = std::get_if<model::fact::Began>(&report.fact);
            const auto* progressed = std::get_if<model::fact::Progressed>(&report.fact);
            if (began && began->done.bytes() == bytes) return;
            if (progressed && progressed->done == bytes) return;
        }
    }
    /// Runs an attempt that has 300 bytes when it is stopped.
    Interrupted stop_at_300() {
        rig_.give("/file", {.size = kSize, .stalls_after = 300});
        rig_.transfers().start(request({1}));
        wait_for_bytes(300);
        rig_.transfers().stop(kTask, {1});
        return std::get<Interrupted>(last_of({1}).fact);
    }
    bool has_last(const std::vector<TransferReport>& reports) {
        return std::any_of(reports.begin(), reports.end(), [](const auto& report) { return report.last; });
    }

    Rig rig_;
};

using Rigs = testing::Types<EngineRig, FakeRig>;

}  // namespace haul::contract
