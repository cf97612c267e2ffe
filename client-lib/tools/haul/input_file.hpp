#pragma once

#include <cstddef>
#include <istream>
#include <string>
#include <vector>

#include "haul/error.hpp"

namespace haul::cli {

/// A line "key=value" under a URL.
struct InputOption {
    std::string key;
    std::string value;
    std::size_t line;  ///< its number in the file, from 1
};

/// One download of an input file.
struct InputEntry {
    std::string url;
    std::vector<std::string> mirrors;  ///< what else stands in the URL's line, behind tabulators
    std::vector<InputOption> options;
    std::size_t line;
};

/// Reads an input file, which looks like that of aria2c(1): a URL stands at the beginning of a line, with
/// mirrors of it behind tabulators; lines that are indented are its options. Empty lines and those whose
/// first character is '#', also an indented one, say nothing. InvalidArgument, with the line's number and
/// without its text, which may be a secret, for what is none of these, for more than 10000 URLs, and for a
/// line longer than 64 KiB.
Result<std::vector<InputEntry>> parse_input(std::istream& input);

}  // namespace haul::cli
