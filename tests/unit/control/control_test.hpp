#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>

#include "control/control.hpp"
#include "fakes/fake_channels.hpp"
#include "fakes/fake_clients.hpp"
#include "fakes/fake_clock.hpp"
#include "fakes/fake_files.hpp"
#include "fakes/fake_launcher.hpp"
#include "fakes/fake_sleep.hpp"
#include "fakes/fake_space.hpp"
#include "fakes/fake_transfers.hpp"
#include "unit/temp_dir.hpp"

namespace haul::control {

inline const Caller kMe{{1000}, ":1.1"};
inline const Caller kStranger{{1001}, ":1.2"};
inline const std::string kUrl = "http://example.org/file";

/// A control with a real journal and fakes all around. Whatever leaves it is checked to leave after the
/// commit.
class ControlTest : public testing::Test {
protected:
    ControlTest() { boot(); }

    /// Starts control, on what is in the journal.
    void boot(const std::string& boot_id = "boot") {
        auto opened = journal::Journal::open(path_);
        if (!opened) throw std::runtime_error(opened.error().message);
        journal_ = std::move(*opened);
        files_.emplace(disk_,
                       [this](ports::StoreroomReport report) { control_->on_storeroom(std::move(report)); });
        auto entities = transfers_ ? transfers_->entities : std::map<std::string, fakes::Entity>{};
        transfers_.emplace(
            disk_, [this](ports::TransferReport report) { control_->on_transfer(std::move(report)); });
        transfers_->entities = std::move(entities);
        clients_ = {};
        launcher_ = {};
        channels_ = {};
        transfers_->on_call = files_->on_call = clients_.on_call = launcher_.on_call =
            channels_.on_call = [this] {
                EXPECT_NE(sqlite3_get_autocommit(journal_->database.handle()), 0) << "before the commit";
            };
        settings_.spool = "/spool";
        settings_.self = kMe.owner;
        control_.emplace(
            *journal_, Doorways{*transfers_, channels_, *files_, clients_, launcher_, clock_, sleep_, space_},
            settings_);
        auto recovered = control_->recover(boot_id);
        ASSERT_TRUE(recovered) << recovered.error().message;
        control_->on_conditions({});
        control_->settle();
    }
    /// The process is gone; the part files stay.
    void crash() {
        control_.reset();
        journal_.reset();
    }

    /// Turns of the loop, until nothing is left to do at this time.
    void settle() {
        do control_->settle();
        while (transfers_->deliver() | files_->deliver());
    }
    /// The time passes, and the alarm rings where one was set for it.
    void pass(Duration time) {
        clock_.time += time;
        while (clock_.alarm && *clock_.alarm <= clock_.time) {
            clock_.alarm.reset();
            control_->on_alarm();
            settle();
        }
    }

    SessionId open_session(const std::string& identifier = "s", const Caller& caller = kMe,
                           const Fields& options = {}) {
        auto session = control_->open_session(caller, identifier, options);
        EXPECT_TRUE(session) << session.error().message;
        settle();
        return session.value_or(SessionId{});
    }
    Result<std::vector<TaskId>> create(SessionId session, const Fields& options = {},
                                       const std::string& url = kUrl, const Caller& caller = kMe) {
        return control_->create(caller, session, {{.url = url, .options = options}});
    }
    /// A task in session "s", where the turn is settled.
    TaskId must_create(const Fields& options = {}, const std::string& url = kUrl,
                       const Caller& caller = kMe) {
        auto ids = create(open_session("s", caller), options, url, caller);
        EXPECT_TRUE(ids) << ids.error().message;
        settle();
        return ids ? ids->front() : TaskId{};
    }
    TaskId must_start(Fields options = {}, const std::string& url = kUrl) {
        options.push_back({"start", true});
        return must_create(options, url);
    }

    model::Task task(TaskId id) {
        auto found = journal_->tasks.find(id);
        EXPECT_TRUE(found && *found) << id.value;
        return found && *found ? **found : model::Task{};
    }
    std::string state(TaskId id) { return std::string{model::to_word(task(id).state)}; }
    /// The words of a session's events.
    std::vector<std::string> events(SessionId session, const Caller& caller = kMe) {
        std::vector<std::string> words;
        auto listed = control_->events(caller, session, {0}, 0);
        EXPECT_TRUE(listed);
        if (listed)
            for (const auto& event : *listed) words.emplace_back(model::to_word(event.type));
        return words;
    }
    /// Lets every commit fail, or no more.
    void break_commits(bool broken) {
        commits_fail_ = broken;
        sqlite3_commit_hook(
            journal_->database.handle(), [](void* fail) { return *static_cast<bool*>(fail) ? 1 : 0; },
            &commits_fail_);
    }
    /// Leaves the journal no page to grow by, as on a full disk, or as many as it likes.
    void fill_journal() {
        ASSERT_TRUE(journal_->database.execute("CREATE TABLE filler(bytes BLOB)"));
        ASSERT_TRUE(journal_->database.execute("PRAGMA max_page_count=1"));  // that is, as many as there are
        for (std::uint64_t size = 1U << 23U; size > 16; size /= 2) {
            auto fill = "INSERT INTO filler(bytes) VALUES (zeroblob(" + std::to_string(size) + "))";
            while (journal_->database.execute(fill.c_str())) continue;
        }
    }
    void make_room() { ASSERT_TRUE(journal_->database.execute("PRAGMA max_page_count=1000000")); }
    /// The outcome of the turn: nothing yet, "ok", or the error.
    std::shared_ptr<std::string> outcome() {
        auto told = std::make_shared<std::string>();
        control_->when_settled([told](const Error* failure) { *told = failure ? failure->message : "ok"; });
        return told;
    }

    TempDir dir_{TempDir::Where::Memory};
    std::string path_ = dir_ / "journal.sqlite";
    Settings settings_;
    fakes::FakeClock clock_;
    fakes::FakeSleep sleep_;
    fakes::FakeSpace space_;
    fakes::FakeClients clients_;
    fakes::FakeLauncher launcher_;
    fakes::FakeChannels channels_;
    fakes::FakeDisk disk_;
    bool commits_fail_ = false;
    std::optional<journal::Journal> journal_;
    std::optional<fakes::FakeFiles> files_;
    std::optional<fakes::FakeTransfers> transfers_;
    std::optional<Control> control_;
};

inline ErrorCode code_of(const auto& result) {
    return result ? throw std::logic_error("no error") : result.error().code;
}

}  // namespace haul::control
