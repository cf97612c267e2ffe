// What the requests of a task cost, on its way to the client.

#include "unit/control/control_test.hpp"

namespace haul::control {
namespace {

using model::fact::Ending;

TEST_F(ControlTest, MetricsComeWithTheLastReportAndGoWithTheTask) {
    transfers_->entities[kUrl] = {.size = 1000, .stalls_after = 300};
    auto id = must_start();
    EXPECT_TRUE(control_->task_metrics(kMe, id)->empty());
    EXPECT_EQ(code_of(control_->task_metrics(kStranger, id)), ErrorCode::NoSuchTask);
    model::RequestMetrics request;
    request.url = kUrl;
    request.status = 503;
    control_->on_transfer(
        {.task = id,
         .attempt = {1},
         .fact = model::fact::Interrupted{.ending = Ending::Final, .reason = model::Reason::HttpStatus},
         .last = true,
         .metrics = {request}});
    settle();
    auto metrics = *control_->task_metrics(kMe, id);
    ASSERT_EQ(metrics.size(), 1U);
    EXPECT_EQ(*find(metrics[0], "status"), Value{std::uint16_t{503}});
    EXPECT_EQ(*find(metrics[0], "attempt"), Value{std::uint32_t{1}});
    ASSERT_TRUE(control_->remove(kMe, id));
    settle();
    EXPECT_TRUE(journal_->metrics.of(id)->empty());
}

}  // namespace
}  // namespace haul::control
