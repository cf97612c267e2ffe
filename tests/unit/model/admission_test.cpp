// Whether a task may run: every condition by itself, and what holds for all of them together.

#include "model/admission.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/options.hpp"
#include "model/task.hpp"
#include "model/url.hpp"

namespace haul::model {
namespace {

const WallTime kNow = to_wall_time(1'700'000'000'000'000);
const WallTime kLater = kNow + std::chrono::minutes{5};

struct Row {
    std::string name;
    Gate gate;
    Conditions conditions;
    Leisure leisure;
    Block blocks;
};

const Conditions kNone{.connectivity = Connectivity::None};
const Conditions kLocal{.connectivity = Connectivity::LocalOnly};
const Conditions kPortal{.connectivity = Connectivity::Portal};
const Conditions kMetered{.connectivity = Connectivity::Full, .metered = Answer::Yes};
const Conditions kCellular{.connectivity = Connectivity::Full, .cellular = Answer::Yes};
const Conditions kRoaming{.connectivity = Connectivity::Full, .roaming = Answer::Yes};
const Conditions kBattery{.on_battery = Answer::Yes, .battery = 39};
const Conditions kFullBattery{.on_battery = Answer::Yes, .battery = 40};
const Conditions kUnknownBattery{.on_battery = Answer::Yes};
const Conditions kPowerSaver{.power_saver = Answer::Yes};
const Conditions kDataSaver{.data_saver = true};
const Conditions kAsleep{.is_asleep = true};
const Conditions kBusy{.idle = Answer::No};
const Conditions kIdle{.idle = Answer::Yes};
constexpr Leisure kWantsIdle{.wants_idle = true};

class AdmissionTable : public testing::TestWithParam<Row> {};

TEST_P(AdmissionTable, SaysWhatIsInTheWay) {
    const auto& row = GetParam();
    EXPECT_EQ(to_words(find_blocks(row.gate, row.conditions, row.leisure)), to_words(row.blocks));
    EXPECT_EQ(find_blocks(row.gate, row.conditions, row.leisure), row.blocks);
    auto admission = find_admission({.gate = row.gate}, row.conditions, row.leisure, kNow);
    EXPECT_EQ(admission.is_given(), row.blocks == Block::None);
    EXPECT_EQ(admission.next, std::nullopt) << "no time ends what the machine's conditions hold";
}

INSTANTIATE_TEST_SUITE_P(
    Conditions, AdmissionTable,
    testing::Values(
        Row{"UnknownHoldsNothing",
            Gate::Network | Gate::Inexpensive | Gate::Unconstrained | Gate::AtHome | Gate::Leisure,
            {},
            {},
            Block::None},
        Row{"LimitedNetworkIsOne", Gate::Network, {.connectivity = Connectivity::Limited}, {}, Block::None},
        Row{"NoNetworkHoldsAll", Gate::Everything, kNone, {}, Block::Network},
        Row{"PortalHoldsAll", Gate::Everything, kPortal, {}, Block::Network},
        Row{"LoopbackAloneHoldsWhatLeavesTheMachine", Gate::Network, kLocal, {}, Block::Network},
        Row{"LoopbackAloneIsEnoughForTheMachineItself", Gate::Everything, kLocal, {}, Block::None},
        Row{"MeteredIsExpensive", Gate::Inexpensive, kMetered, {}, Block::Expensive},
        Row{"CellularIsExpensive", Gate::Inexpensive, kCellular, {}, Block::Expensive},
        Row{"ExpensiveIsAllowedUnlessRefused", Gate::Network, kMetered, {}, Block::None},
        Row{"RoamingIsApart", Gate::Inexpensive | Gate::Unconstrained, kRoaming, {}, Block::None},
        Row{"RoamingHoldsWhatStaysAtHome", Gate::AtHome, kRoaming, {}, Block::Roaming},
        Row{"DataSaverConstrains", Gate::Unconstrained, kDataSaver, {}, Block::Constrained},
        Row{"PowerSaverConstrains", Gate::Unconstrained, kPowerSaver, {}, Block::Constrained},
        Row{"ConstrainedIsAllowedUnlessRefused", Gate::Network, kDataSaver, {}, Block::None},
        Row{"LeisureWantsNoMeteredNetwork", Gate::Leisure, kMetered, {}, Block::Expensive},
        Row{"LeisureWantsNoConstrainedOne", Gate::Leisure, kDataSaver, {}, Block::Constrained},
        Row{"LeisureWantsPower", Gate::Leisure, kBattery, {}, Block::Power},
        Row{"LeisureDoesWithEnoughBattery", Gate::Leisure, kFullBattery, {}, Block::None},
        Row{"LeisureDoesNotTrustABatteryThatSaysNothing", Gate::Leisure, kUnknownBattery, {}, Block::Power},
        Row{"OthersRunOnBattery", Gate::Network, kBattery, {}, Block::None},
        Row{"LeisureWaitsForIdlenessWhereAsked", Gate::Leisure, kBusy, kWantsIdle, Block::Busy},
        Row{"LeisureRunsWhenIdle", Gate::Leisure, kIdle, kWantsIdle, Block::None},
        Row{"LeisureDoesNotWaitForIdlenessUnasked", Gate::Leisure, kBusy, {}, Block::None},
        Row{"SleepHoldsAll", Gate::Everything, kAsleep, {}, Block::Asleep}),
    [](const auto& row) { return row.param.name; });

TEST(Admission, TimesSayWhenToLookAgain) {
    auto delayed = find_admission({.blocked = Block::RetryDelay, .next_attempt = kLater}, {}, {}, kNow);
    EXPECT_EQ(delayed.blocks, Block::RetryDelay);
    EXPECT_EQ(delayed.next, kLater);
    auto over = find_admission({.blocked = Block::RetryDelay, .next_attempt = kNow}, {}, {}, kNow);
    EXPECT_TRUE(over.is_given()) << "its delay is over";
    auto early = find_admission({.blocked = Block::Queue, .next_attempt = kLater}, {}, {}, kNow);
    EXPECT_EQ(early.blocks, Block::NotBefore);
}

TEST(Admission, LaterOfTwoTimesCounts) {
    Opening closed{.is_open = false, .until = kLater + std::chrono::hours{1}};
    auto both = find_admission({.blocked = Block::NotBefore, .next_attempt = kLater, .opening = closed}, {},
                               {}, kNow);
    EXPECT_EQ(both.blocks, Block::NotBefore | Block::Schedule);
    EXPECT_EQ(both.next, closed.until);
}

TEST(Admission, SaysAllThatIsInTheWay) {
    auto claim = Claim{.blocked = Block::Credentials, .gate = Gate::Inexpensive, .predecessors = 2};
    EXPECT_EQ(to_words(find_admission(claim, kMetered, {}, kNow).blocks),
              (std::vector<std::string>{"credentials", "expensive-network", "queue"}));
}

TEST(Admission, EachBlockHasASentenceOfItsOwn) {
    std::vector<std::string> sentences;
    for (std::uint32_t bit = 1; bit <= static_cast<std::uint32_t>(Block::Predecessor); bit <<= 1U) {
        auto sentence = explain(Block{bit}, {}, {});
        EXPECT_GT(sentence.size(), 10U) << bit;
        EXPECT_EQ(std::find(sentences.begin(), sentences.end(), sentence), sentences.end()) << sentence;
        sentences.push_back(sentence);
    }
    EXPECT_EQ(explain(Block::None, {}, {}), "");
}

Answer any_sense() {
    return *rc::gen::element(Answer::Unknown, Answer::No, Answer::Yes);
}

Conditions any_conditions() {
    Conditions any;
    any.connectivity = *rc::gen::element(Connectivity::Unknown, Connectivity::None, Connectivity::LocalOnly,
                                         Connectivity::Portal, Connectivity::Limited, Connectivity::Full);
    any.metered = any_sense();
    any.cellular = any_sense();
    any.roaming = any_sense();
    any.on_battery = any_sense();
    any.battery = *rc::gen::inRange<std::uint8_t>(0, 101);
    any.power_saver = any_sense();
    any.idle = any_sense();
    any.is_asleep = *rc::gen::arbitrary<bool>();
    any.data_saver = *rc::gen::arbitrary<bool>();
    return any;
}

std::optional<bool> any_flag() {
    return *rc::gen::element<std::optional<bool>>(std::nullopt, false, true);
}

Options any_options() {
    Options options;
    options.allow_expensive = any_flag();
    options.allow_constrained = any_flag();
    options.allow_roaming = any_flag();
    options.discretionary = any_flag();
    return options;
}

bool runs(const Options& options, const Conditions& conditions, const Leisure& leisure) {
    auto gate = find_gate(options, *parse_url("http://example.org/"));
    return find_admission({.gate = gate}, conditions, leisure, kNow).is_given();
}

RC_GTEST_PROP(Admission, IsNeverWiderThanWhatTheSessionAllows, ()) {
    auto session = any_options();
    auto own = any_options();
    auto both = session;  // as the task is made: the session's options are its defaults
    if (own.allow_expensive) both.allow_expensive = own.allow_expensive;
    if (own.allow_constrained) both.allow_constrained = own.allow_constrained;
    if (own.allow_roaming) both.allow_roaming = own.allow_roaming;
    if (own.discretionary) both.discretionary = own.discretionary;
    narrow(both, session);
    auto conditions = any_conditions();
    Leisure leisure{.min_battery = *rc::gen::inRange<std::uint8_t>(0, 101),
                    .wants_idle = *rc::gen::arbitrary<bool>()};
    if (!runs(session, conditions, leisure)) RC_ASSERT(!runs(both, conditions, leisure));
    if (!runs(own, conditions, leisure)) RC_ASSERT(!runs(both, conditions, leisure));
}

RC_GTEST_PROP(Admission, OneMoreDemandNeverOpensAGate, ()) {
    auto conditions = any_conditions();
    auto demands = static_cast<std::uint8_t>(*rc::gen::inRange(0, int{kGates}));
    auto more = static_cast<std::uint8_t>(demands | *rc::gen::inRange(0, int{kGates}));
    auto fewer_blocks = find_blocks(Gate{demands}, conditions, {});
    auto more_blocks = find_blocks(Gate{more}, conditions, {});
    RC_ASSERT((fewer_blocks & more_blocks) == fewer_blocks);
}

TEST(FindGate, ServersOfTheMachineItselfNeedNoNetwork) {
    for (const char* local :
         {"http://localhost/", "http://127.0.0.1:8080/a", "http://[::1]/", "http://a.localhost/"})
        EXPECT_EQ(find_gate({}, *parse_url(local)), Gate::Everything) << local;
    for (const char* remote :
         {"http://example.org/", "http://10.0.0.1/", "http://localhost.example.org/", "http://128.0.0.1/"})
        EXPECT_EQ(find_gate({}, *parse_url(remote)), Gate::Network) << remote;
}

}  // namespace
}  // namespace haul::model
