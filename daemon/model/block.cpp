#include "model/block.hpp"

#include <algorithm>

namespace haul::model {

std::string_view to_word(Block single) {
    switch (single) {
        case Block::None:
            return "";
        case Block::Queue:
            return "queue";
        case Block::RetryDelay:
            return "retry-delay";
        case Block::NotBefore:
            return "not-before";
        case Block::DiskSpace:
            return "disk-space";
        case Block::Credentials:
            return "credentials";
        case Block::File:
            return "file";
        case Block::Network:
            return "network";
        case Block::Client:
            return "client";
        case Block::Expensive:
        case Block::Roaming:
            return "expensive-network";
        case Block::Constrained:
            return "constrained-network";
        case Block::Power:
        case Block::Asleep:
            return "power";
        case Block::Schedule:
        case Block::Busy:
            return "schedule";
        case Block::Predecessor:
            return "queue";
    }
    return "";
}

std::vector<Block> singles(Block set) {
    std::vector<Block> blocks;
    for (std::uint32_t bit = 1; bit <= static_cast<std::uint32_t>(Block::Predecessor); bit <<= 1U)
        if (has(set, Block{bit})) blocks.push_back(Block{bit});
    return blocks;
}

std::vector<std::string> to_words(Block set) {
    std::vector<std::string> words;
    for (auto single : singles(set)) {
        std::string word{to_word(single)};
        if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(std::move(word));
    }
    return words;
}

}  // namespace haul::model
