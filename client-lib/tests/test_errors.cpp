#include <gtest/gtest.h>

#include "errors.hpp"
#include "exit_code.hpp"
#include "paths.hpp"

namespace haul::detail {

namespace {

ErrorCode code_of(const std::string& name, std::string_view path = kManagerPath) {
    return to_error(name, "message", path).code;
}

TEST(Errors, TheDaemonsNamesAreCodes) {
    EXPECT_EQ(code_of("org.hauld1.Error.NoSuchTask"), ErrorCode::NoSuchTask);
    EXPECT_EQ(code_of("org.hauld1.Error.DestinationExists"), ErrorCode::DestinationExists);
    EXPECT_EQ(code_of("org.hauld1.Error.NotSupported"), ErrorCode::NotSupported);
    EXPECT_EQ(code_of("org.hauld1.Error.FromTheFuture"), ErrorCode::Unknown);
}

TEST(Errors, NameAndMessageAreKept) {
    const auto error = to_error("org.hauld1.Error.InvalidState", "it has ended", "/org/hauld1/task/1");
    EXPECT_EQ(error.name, "org.hauld1.Error.InvalidState");
    EXPECT_EQ(error.message, "it has ended");
}

TEST(Errors, AnObjectThatIsNotThereIsNoTaskOrNoSession) {
    const auto name = "org.freedesktop.DBus.Error.UnknownObject";
    EXPECT_EQ(code_of(name, "/org/hauld1/task/5"), ErrorCode::NoSuchTask);
    EXPECT_EQ(code_of(name, "/org/hauld1/session/5"), ErrorCode::NoSuchSession);
}

TEST(Errors, ADaemonThatIsNotThereIsUnreachable) {
    for (const char* word : {"ServiceUnknown", "NameHasNoOwner", "NoReply", "Timeout", "Spawn.ChildExited"}) {
        EXPECT_EQ(code_of(std::string("org.freedesktop.DBus.Error.") + word), ErrorCode::Unreachable) << word;
    }
}

TEST(Errors, ABusThatIsNotThereIsDisconnected) {
    EXPECT_EQ(code_of("org.freedesktop.DBus.Error.Disconnected"), ErrorCode::Disconnected);
    EXPECT_EQ(code_of("System.Error.ENOTCONN"), ErrorCode::Disconnected);
    EXPECT_EQ(code_of("System.Error.ECONNRESET"), ErrorCode::Disconnected);
}

TEST(Errors, EachKindHasItsExitCode) {
    using cli::ExitCode;
    const auto exit_code = [](ErrorCode code) {
        return cli::to_exit_code({.code = code, .message = {}, .name = {}});
    };
    EXPECT_EQ(exit_code(ErrorCode::Unreachable), ExitCode::Unreachable);
    EXPECT_EQ(exit_code(ErrorCode::Disconnected), ExitCode::Unreachable);
    EXPECT_EQ(exit_code(ErrorCode::NoSuchTask), ExitCode::NotFound);
    EXPECT_EQ(exit_code(ErrorCode::NoSuchSession), ExitCode::NotFound);
    EXPECT_EQ(exit_code(ErrorCode::DestinationExists), ExitCode::Refused);
}

TEST(Paths, TaskPathsCarryTheId) {
    EXPECT_EQ(task_path({18'446'744'073'709'551'615U}), "/org/hauld1/task/18446744073709551615");
    EXPECT_EQ(task_id("/org/hauld1/task/12"), TaskId{12});
}

TEST(Paths, OtherPathsAreNoTasks) {
    for (const char* path : {"", "/org/hauld1/task/", "/org/hauld1/task/1x", "/org/hauld1/task/-1",
                             "/org/hauld1/session/1", "/org/hauld1/task/18446744073709551616"}) {
        EXPECT_EQ(task_id(path), std::nullopt) << path;
    }
}

}  // namespace

}  // namespace haul::detail
