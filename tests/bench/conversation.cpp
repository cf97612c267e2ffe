#include "conversation.hpp"

#include <getopt.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace haul::bench {
namespace {

constexpr option kConversationOptions[] = {
    {"server", required_argument, nullptr, 's'},
    {"url", required_argument, nullptr, 'u'},
    {"tasks", required_argument, nullptr, 't'},
    {"messages", required_argument, nullptr, 'm'},
    {"in-flight", required_argument, nullptr, 'i'},
    {"size", required_argument, nullptr, 'b'},
    {nullptr, 0, nullptr, 0},
};

[[noreturn]] void conversation_usage(const char* program) {
    std::fprintf(stderr,
                 "usage: %s --url=URL [--server=ADDRESS] [--tasks=N] [--messages=N] [--size=BYTES] "
                 "[--in-flight=N]\n",
                 program);
    std::exit(2);
}

std::uint64_t to_count(const char* text, const char* program) {
    std::uint64_t count = 0;
    const auto* end = text + std::strlen(text);
    const auto result = std::from_chars(text, end, count);
    if (result.ec != std::errc{} || result.ptr != end) conversation_usage(program);
    return count;
}

}  // namespace

Conversation parse_conversation(int argc, char** argv) {
    Conversation conversation;
    for (int c; (c = getopt_long(argc, argv, "", kConversationOptions, nullptr)) != -1;) {
        switch (c) {
            case 's':
                conversation.server = optarg;
                break;
            case 'u':
                conversation.url = optarg;
                break;
            case 't':
                conversation.tasks = to_count(optarg, argv[0]);
                break;
            case 'm':
                conversation.messages = to_count(optarg, argv[0]);
                break;
            case 'i':
                conversation.in_flight = to_count(optarg, argv[0]);
                break;
            case 'b':
                conversation.size = to_count(optarg, argv[0]);
                break;
            default:
                conversation_usage(argv[0]);
        }
    }
    if (conversation.url.empty() || conversation.in_flight == 0 || optind != argc)
        conversation_usage(argv[0]);
    return conversation;
}

}  // namespace haul::bench
