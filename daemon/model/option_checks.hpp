#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/options.hpp"

/// What an option's value has to be beside its type. For model/options.cpp alone.
namespace haul::model {

/// InvalidArgument: the option, and why it is refused.
tl::unexpected<Error> refuse_option(std::string_view key, std::string_view why);

/// Of most types, every value is good.
template <class T>
Result<> check_option(std::string_view, const T&) {
    return {};
}
Result<> check_option(std::string_view key, double number);
Result<> check_option(std::string_view key, std::uint32_t number);
Result<> check_option(std::string_view key, std::uint64_t number);
Result<> check_option(std::string_view key, const std::vector<std::string>& words);
Result<> check_option(std::string_view key, const std::vector<std::uint64_t>& ids);
Result<> check_option(std::string_view key, const UrlList& list);
Result<> check_option(std::string_view key, const TextMap& map);
Result<> check_option(std::string_view key, const Blob& blob);
Result<> check_option(std::string_view key, const Headers& headers);
Result<> check_option(std::string_view key, const std::string& text);

}  // namespace haul::model
