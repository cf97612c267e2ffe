#include "load.hpp"

#include <getopt.h>
#include <sys/resource.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace haul::bench {
namespace {

constexpr option kOptions[] = {
    {"server", required_argument, nullptr, 's'},
    {"tasks", required_argument, nullptr, 't'},
    {"in-flight", required_argument, nullptr, 'i'},
    {"lot", required_argument, nullptr, 'l'},
    {"directory", required_argument, nullptr, 'd'},
    {"url", required_argument, nullptr, 'u'},
    {"kind", required_argument, nullptr, 'k'},
    {"begin", required_argument, nullptr, 'b'},
    {nullptr, 0, nullptr, 0},
};

[[noreturn]] void usage(const char* program) {
    std::fprintf(stderr,
                 "usage: %s --server=SERVER --tasks=N --directory=DIR --url=PREFIX [--in-flight=N] [--lot=N] "
                 "[--kind=download|upload] [--begin=suspended|at-once]\n",
                 program);
    std::exit(2);
}

template <typename Number>
Number to_number(const char* text, const char* program) {
    Number number{};
    const auto* end = text + std::strlen(text);
    const auto result = std::from_chars(text, end, number);
    if (result.ec != std::errc{} || result.ptr != end || number == 0) usage(program);
    return number;
}

double to_seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

Load parse_load(int argc, char** argv) {
    Load load;
    for (int c; (c = getopt_long(argc, argv, "", kOptions, nullptr)) != -1;) {
        switch (c) {
            case 's':
                load.server = optarg;
                break;
            case 't':
                load.tasks = to_number<std::uint64_t>(optarg, argv[0]);
                break;
            case 'i':
                load.in_flight = to_number<unsigned>(optarg, argv[0]);
                break;
            case 'l':
                load.lot = to_number<unsigned>(optarg, argv[0]);
                break;
            case 'd':
                load.directory = optarg;
                break;
            case 'u':
                load.url = optarg;
                break;
            case 'k':
                load.kind = optarg;
                break;
            case 'b':
                load.begin = optarg;
                break;
            default:
                usage(argv[0]);
        }
    }
    if (load.server.empty() || load.directory.empty() || load.url.empty() ||
        (load.kind != "download" && load.kind != "upload") ||
        (load.begin != "suspended" && load.begin != "at-once") || optind != argc)
        usage(argv[0]);
    return load;
}

void Stopwatch::report(std::uint64_t tasks) const {
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start_;
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::printf(R"({"tasks": %llu, "seconds": %.6f, "cpu_seconds": %.6f})"
                "\n",
                static_cast<unsigned long long>(tasks), wall.count(),
                to_seconds(usage.ru_utime) + to_seconds(usage.ru_stime));
}

void fail(const std::string& message) {
    std::fprintf(stderr, "%s\n", message.c_str());
    std::exit(1);
}

}  // namespace haul::bench
