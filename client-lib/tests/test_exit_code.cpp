#include <gtest/gtest.h>

#include "exit_code.hpp"

namespace haul::cli {

namespace {

TEST(ExitCode, TheWorstOfSeveralDecides) {
    EXPECT_EQ(worst_of(ExitCode::Done, ExitCode::Done), ExitCode::Done);
    EXPECT_EQ(worst_of(ExitCode::Done, ExitCode::CredentialsNeeded), ExitCode::CredentialsNeeded);
    EXPECT_EQ(worst_of(ExitCode::CredentialsNeeded, ExitCode::TaskFailed), ExitCode::TaskFailed);
    EXPECT_EQ(worst_of(ExitCode::TaskFailed, ExitCode::CredentialsNeeded), ExitCode::TaskFailed);
    EXPECT_EQ(worst_of(ExitCode::TaskFailed, ExitCode::Done), ExitCode::TaskFailed);
    EXPECT_EQ(worst_of(ExitCode::NotFound, ExitCode::Refused), ExitCode::Refused);
    EXPECT_EQ(worst_of(ExitCode::Interrupted, ExitCode::TaskFailed), ExitCode::Interrupted);
}

}  // namespace

}  // namespace haul::cli
