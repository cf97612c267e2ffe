// Runs a target without libFuzzer: each seed as it is, then mutations of them, the same ones each time.
//
//   replay DIRECTORY MUTATIONS

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "fuzz/target.hpp"

namespace {

using Random = std::mt19937_64;
namespace fs = std::filesystem;

constexpr std::size_t kLongest = 1024;
constexpr std::string_view kTelling{"\0\1\x7f\x80\xc2\xe2\xff\"\\;,=*%/.:'-\r\n \t09aZ", 28};

std::vector<std::string> read_seeds(const fs::path& directory) {
    std::vector<fs::path> files{fs::directory_iterator{directory}, {}};
    std::sort(files.begin(), files.end());
    std::vector<std::string> seeds;
    for (const auto& file : files) {
        std::ifstream stream{file, std::ios::binary};
        seeds.emplace_back(std::istreambuf_iterator<char>{stream}, std::istreambuf_iterator<char>{});
    }
    return seeds;
}

/// A number below `bound`, or 0. The standard's distributions differ between libraries; this does not.
std::size_t below(Random& random, std::size_t bound) {
    return bound == 0 ? 0 : static_cast<std::size_t>(random() % bound);
}

/// Changes an input in one place.
void mutate(std::string& input, const std::vector<std::string>& seeds, Random& random) {
    auto at = below(random, input.size() + 1);
    auto size = 1 + below(random, 8);
    switch (below(random, 6)) {
        case 0:
            if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << below(random, 8)));
            break;
        case 1:
            if (at < input.size()) input[at] = kTelling[below(random, kTelling.size())];
            break;
        case 2:
            input.insert(at, 1, kTelling[below(random, kTelling.size())]);
            break;
        case 3:
            input.erase(at, size);
            break;
        case 4:
            input.insert(at, std::string{input.substr(below(random, input.size()), size)});
            break;
        default: {
            const auto& other = seeds[below(random, seeds.size())];
            input = input.substr(0, at) + other.substr(below(random, other.size()));
        }
    }
    if (input.size() > kLongest) input.resize(kLongest);
}

/// The input that is being tried, for whoever looks into a failure.
std::string current;

void on_abort(int) {
    std::fputs("input:", stderr);
    for (char c : current)
        std::fprintf(stderr, " %02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    std::fputs("\n", stderr);
    std::_Exit(1);
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t mutations = 0;
    if (argc != 3 || std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), mutations).ec != std::errc{}) {
        std::fputs("replay DIRECTORY MUTATIONS\n", stderr);
        return 2;
    }
    auto seeds = read_seeds(argv[1]);
    if (seeds.empty()) {
        std::fprintf(stderr, "no seeds in %s\n", argv[1]);
        return 2;
    }
    std::signal(SIGABRT, on_abort);
    for (const auto& seed : seeds) {
        current = seed;
        haul::fuzz::try_input(current);
    }
    Random random{1};
    for (std::size_t i = 0; i < mutations; ++i) {
        current = seeds[i % seeds.size()];
        for (auto left = 1 + below(random, 6); left > 0; --left) mutate(current, seeds, random);
        haul::fuzz::try_input(current);
    }
    std::printf("%zu seeds, %zu mutations\n", seeds.size(), mutations);
}
