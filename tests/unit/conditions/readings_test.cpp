#include "conditions/readings.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace haul::conditions {
namespace {

using model::Answer;
using model::Connectivity;

Values numbers(std::int64_t connectivity, std::int64_t state) {
    return {{"Connectivity", connectivity}, {"State", state}};
}

TEST(Readings, ConnectivityIsWhatWasChecked) {
    EXPECT_EQ(read_connectivity(numbers(1, 70)), Connectivity::None);
    EXPECT_EQ(read_connectivity(numbers(2, 70)), Connectivity::Portal);
    EXPECT_EQ(read_connectivity(numbers(3, 20)), Connectivity::Limited);
    EXPECT_EQ(read_connectivity(numbers(4, 10)), Connectivity::Full);
}

TEST(Readings, WhatWasNotCheckedFollowsTheState) {
    const std::map<std::int64_t, Connectivity> kStates{
        {0, Connectivity::Unknown},  {10, Connectivity::None},     {20, Connectivity::None},
        {30, Connectivity::None},    {40, Connectivity::None},     {50, Connectivity::Limited},
        {60, Connectivity::Limited}, {70, Connectivity::Full},     {71, Connectivity::Unknown},
        {-1, Connectivity::Unknown}, {1000, Connectivity::Unknown}};
    for (auto [state, connectivity] : kStates) {
        EXPECT_EQ(read_connectivity(numbers(0, state)), connectivity) << state;
        EXPECT_EQ(read_connectivity(numbers(17, state)), connectivity) << state;
        EXPECT_EQ(read_connectivity({{"State", state}}), connectivity) << state;
        EXPECT_EQ(read_connectivity({{"Connectivity", "full"}, {"State", state}}), connectivity) << state;
    }
    EXPECT_EQ(read_connectivity({}), Connectivity::Unknown);
}

TEST(Readings, GuessesCountAsMetered) {
    for (std::int64_t value : {1, 3}) EXPECT_EQ(read_metered({{"Metered", value}}), Answer::Yes);
    for (std::int64_t value : {2, 4}) EXPECT_EQ(read_metered({{"Metered", value}}), Answer::No);
    for (std::int64_t value : {0, 5, -1}) EXPECT_EQ(read_metered({{"Metered", value}}), Answer::Unknown);
    EXPECT_EQ(read_metered({{"Metered", true}}), Answer::Unknown);
    EXPECT_EQ(read_metered({}), Answer::Unknown);
}

TEST(Readings, MobileNetworksByTypeOfConnection) {
    for (const auto* type : {"gsm", "cdma"}) EXPECT_EQ(read_cellular(type), Answer::Yes);
    for (const auto* type : {"802-3-ethernet", "802-11-wireless", "gsm2", "vpn"})
        EXPECT_EQ(read_cellular(type), Answer::No);
    for (const auto* type : {"", "bluetooth"}) EXPECT_EQ(read_cellular(type), Answer::Unknown);
    EXPECT_EQ(read_bluetooth("dun"), Answer::Yes);
    EXPECT_EQ(read_bluetooth("panu"), Answer::No);
    EXPECT_EQ(read_bluetooth(""), Answer::Unknown);
}

TEST(Readings, OnlyModemsThatAreConnectedRoam) {
    EXPECT_EQ(read_roaming({}), Answer::Unknown);
    EXPECT_EQ(read_roaming({{8, 5}}), Answer::Unknown);
    EXPECT_EQ(read_roaming({{{}, 5}}), Answer::Unknown);
    EXPECT_EQ(read_roaming({{11, {}}}), Answer::Unknown);
    EXPECT_EQ(read_roaming({{11, 2}}), Answer::Unknown);
    EXPECT_EQ(read_roaming({{11, 1}}), Answer::No);
    EXPECT_EQ(read_roaming({{11, 1}, {8, 5}}), Answer::No);
    EXPECT_EQ(read_roaming({{11, 1}, {11, 5}}), Answer::Yes);
    EXPECT_EQ(read_roaming({{11, 5}, {11, 1}}), Answer::Yes);
    EXPECT_EQ(read_roaming({{11, 10}}), Answer::Yes);
}

TEST(Readings, APercentageIsOne) {
    EXPECT_EQ(read_percentage(0.0), 0);
    EXPECT_EQ(read_percentage(39.99), 39);
    EXPECT_EQ(read_percentage(100.0), 100);
    for (double value : {-0.5, 100.5, 1e300, std::nan(""), std::numeric_limits<double>::infinity()})
        EXPECT_EQ(read_percentage(value), std::nullopt) << value;
    EXPECT_EQ(read_percentage({}), std::nullopt);
}

TEST(Readings, TheProfileThatSavesPower) {
    EXPECT_EQ(read_power_saver("power-saver"), Answer::Yes);
    EXPECT_EQ(read_power_saver("balanced"), Answer::No);
    EXPECT_EQ(read_power_saver(""), Answer::Unknown);
}

TEST(Combine, WithoutAnySenseNothingIsKnown) {
    EXPECT_EQ(combine({}), model::Conditions{});
}

/// NetworkManager's word, the kernel's address and route, and what comes of it.
struct Network {
    Connectivity manager;
    bool has_address;
    bool has_route;
    Connectivity combined;
};

TEST(Combine, TheKernelHasAWordWhereNetworkManagerHasNone) {
    const std::vector<Network> kTable{
        {Connectivity::Unknown, false, false, Connectivity::LocalOnly},
        {Connectivity::Unknown, true, false, Connectivity::Unknown},
        {Connectivity::Unknown, false, true, Connectivity::Unknown},
        {Connectivity::None, false, false, Connectivity::None},
        {Connectivity::None, true, false, Connectivity::None},
        {Connectivity::None, true, true, Connectivity::None},
        {Connectivity::Portal, true, true, Connectivity::Portal},
        {Connectivity::Portal, false, false, Connectivity::Portal},
        {Connectivity::Limited, false, false, Connectivity::Limited},
        {Connectivity::Full, false, false, Connectivity::Full},
    };
    for (const auto& row : kTable)
        EXPECT_EQ(
            combine({.network = {.connectivity = row.manager}, .kernel = {row.has_address, row.has_route}})
                .connectivity,
            row.combined);
}

/// NetworkManager's word, the interface that it leaves to others, the kernel's way out, and what comes of it.
struct WayOut {
    Connectivity manager;
    std::string unmanaged;
    std::string way_out;
    Connectivity combined;
};

TEST(Combine, TheKernelHasAWordWhereTheWayOutIsOneOfOthers) {
    const std::vector<WayOut> kTable{
        {Connectivity::None, "eth0", "eth0", Connectivity::Unknown},
        {Connectivity::None, "eth0", "eth1", Connectivity::None},
        {Connectivity::None, "eth0", "", Connectivity::None},
        {Connectivity::None, "", "eth0", Connectivity::None},
        {Connectivity::None, "", "", Connectivity::None},
        {Connectivity::Portal, "eth0", "eth0", Connectivity::Portal},
        {Connectivity::Limited, "eth0", "eth0", Connectivity::Limited},
        {Connectivity::Full, "eth0", "eth0", Connectivity::Full},
    };
    for (const auto& row : kTable)
        EXPECT_EQ(
            combine(
                {.network = {.connectivity = row.manager, .unmanaged = row.unmanaged},
                 .kernel = {.has_address = true, .has_route = !row.way_out.empty(), .way_out = row.way_out}})
                .connectivity,
            row.combined)
            << row.unmanaged << " " << row.way_out;
}

TEST(Combine, AModemThatStandsByDoesNotRoam) {
    for (auto cellular : {Answer::Unknown, Answer::Yes})
        EXPECT_EQ(combine({.network = {.cellular = cellular}, .roaming = Answer::Yes}).roaming, Answer::Yes);
    EXPECT_EQ(combine({.network = {.cellular = Answer::No}, .roaming = Answer::Yes}).roaming, Answer::No);
}

}  // namespace
}  // namespace haul::conditions
