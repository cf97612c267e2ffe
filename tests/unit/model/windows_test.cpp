// Windows of the week, in a zone whose clocks change.

#include "model/windows.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <ctime>

namespace haul::model {
namespace {

class WindowsTest : public testing::Test {
protected:
    WindowsTest() {
        // Central European Time by its rule, so that no zone file is needed (tzset(3)).
        ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
        ::tzset();
    }
    ~WindowsTest() override {
        ::unsetenv("TZ");
        ::tzset();
    }

    static WallTime at(const char* text) {
        std::tm time{};
        EXPECT_NE(::strptime(text, "%Y-%m-%d %H:%M", &time), nullptr) << text;
        time.tm_isdst = -1;
        return WallTime{std::chrono::seconds{std::mktime(&time)}};
    }
    static std::string text_of(WallTime time) {
        auto seconds = static_cast<std::time_t>(to_usec(time) / 1'000'000);
        std::tm local{};
        ::localtime_r(&seconds, &local);
        char text[32];
        std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &local);
        return text;
    }
    static std::string look(const char* windows, const char* now) {
        auto parsed = Windows::parse(windows);
        if (!parsed) return parsed.error().message;
        auto opening = parsed->at(at(now));
        return (opening.is_open ? "open until " : "closed until ") + text_of(opening.until);
    }
};

TEST_F(WindowsTest, OpenAndCloseAtTheirTimes) {  // 2026-11-27 is a Friday
    EXPECT_EQ(look("08:00-18:00", "2026-11-27 07:59"), "closed until 2026-11-27 08:00");
    EXPECT_EQ(look("08:00-18:00", "2026-11-27 08:00"), "open until 2026-11-27 18:00");
    EXPECT_EQ(look("08:00-18:00", "2026-11-27 18:00"), "closed until 2026-11-28 08:00");
}

TEST_F(WindowsTest, EndOnTheNextDayWhereTheyEndBeforeTheyBegin) {
    EXPECT_EQ(look("22:00-06:00", "2026-11-27 23:00"), "open until 2026-11-28 06:00");
    EXPECT_EQ(look("22:00-06:00", "2026-11-28 05:59"), "open until 2026-11-28 06:00");
    EXPECT_EQ(look("22:00-06:00", "2026-11-28 06:00"), "closed until 2026-11-28 22:00");
}

TEST_F(WindowsTest, KeepTheirDays) {
    EXPECT_EQ(look("Mon-Fri 22:00-06:00", "2026-11-28 02:00"), "open until 2026-11-28 06:00") << "Friday's";
    EXPECT_EQ(look("Mon-Fri 22:00-06:00", "2026-11-28 23:00"), "closed until 2026-11-30 22:00");
    EXPECT_EQ(look("sat,SUN 10:00-12:00", "2026-11-27 11:00"), "closed until 2026-11-28 10:00");
    EXPECT_EQ(look("Fri-Mon 10:00-12:00", "2026-11-30 13:00"), "closed until 2026-12-04 10:00")
        << "over the week's end";
}

TEST_F(WindowsTest, SeveralAreOneWhereTheyMeet) {
    EXPECT_EQ(look("08:00-12:00; 12:00-14:00;20:00-21:00", "2026-11-27 09:00"),
              "open until 2026-11-27 14:00");
    EXPECT_EQ(look("08:00-12:00;20:00-21:00", "2026-11-27 12:30"), "closed until 2026-11-27 20:00");
}

TEST_F(WindowsTest, WholeDayGoesOn) {
    auto always = Windows::parse("00:00-24:00");
    ASSERT_TRUE(always);
    auto now = at("2026-11-27 09:00");
    auto opening = always->at(now);
    EXPECT_TRUE(opening.is_open);
    EXPECT_GT(opening.until, now + std::chrono::days{10});
}

TEST_F(WindowsTest, ClocksThatGoForwardShortenThem) {  // 2026-03-29, from 02:00 to 03:00
    EXPECT_EQ(look("01:00-04:00", "2026-03-29 01:30"), "open until 2026-03-29 04:00");
    auto windows = Windows::parse("01:00-04:00");
    EXPECT_EQ(windows->at(at("2026-03-29 01:00")).until - at("2026-03-29 01:00"), std::chrono::hours{2});
    EXPECT_EQ(look("Sun 02:10-02:40", "2026-03-28 12:00"), "closed until 2026-03-29 03:10")
        << "as the C library reads a time that there is not";
}

TEST_F(WindowsTest, ClocksThatGoBackLengthenThem) {  // 2026-10-25, from 03:00 to 02:00
    auto windows = Windows::parse("01:00-04:00");
    EXPECT_EQ(windows->at(at("2026-10-25 01:00")).until - at("2026-10-25 01:00"), std::chrono::hours{4});
}

TEST_F(WindowsTest, RefuseWhatIsNone) {
    for (const char* bad : {"", ";", "22:00", "22-06", "25:00-06:00", "22:60-06:00", "24:00-06:00",
                            "22:00-24:01", "Mo 22:00-06:00", "Mon- 22:00-06:00", "Mon 22:00",
                            "22:00-06:00 Mon", "-22:00-06:00", "2:00-6:00", "22:00-06:00,08:00-09:00"}) {
        auto parsed = Windows::parse(bad);
        ASSERT_FALSE(parsed) << bad;
        EXPECT_EQ(parsed.error().code, ErrorCode::InvalidArgument);
    }
    auto never = Windows::parse("22:00-22:00");
    ASSERT_FALSE(never);
    EXPECT_NE(never.error().message.find("never opens"), std::string::npos) << never.error().message;
    std::string many;
    for (int i = 0; i < 33; ++i) many += "22:00-06:00;";
    EXPECT_FALSE(Windows::parse(many));
}

RC_GTEST_FIXTURE_PROP(WindowsTest, ChangeExactlyWhereTheySay, ()) {
    auto minutes = [] { return *rc::gen::inRange(0, 24 * 60); };
    auto two = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    auto clock = [&](int time) { return two(time / 60) + ":" + two(time % 60); };
    auto begin = minutes();
    auto end = minutes();
    RC_PRE(begin != end);
    auto windows = Windows::parse(clock(begin) + "-" + clock(end));
    RC_ASSERT(windows.has_value());
    auto now =
        to_wall_time(1'790'000'000'000'000) + std::chrono::minutes{*rc::gen::inRange(0, 366 * 24 * 60)};
    auto opening = windows->at(now);
    RC_ASSERT(opening.until > now);
    RC_ASSERT(windows->at(opening.until - Duration{1}).is_open == opening.is_open);
    RC_ASSERT(windows->at(opening.until).is_open != opening.is_open);
}

}  // namespace
}  // namespace haul::model
