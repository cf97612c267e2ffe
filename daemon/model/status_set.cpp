#include "model/status_set.hpp"

#include "model/header_scanner.hpp"

namespace haul::model {
namespace {

constexpr std::size_t kFirstStatus = 100, kLastStatus = 599;

/// Three digits, with blanks around them; no value where they are no status.
std::optional<std::size_t> parse_status(HeaderScanner& scanner) {
    scanner.skip_blanks();
    auto digits = scanner.rest().substr(0, 3);
    if (digits.size() < 3 || digits.find_first_not_of("0123456789") != digits.npos) return std::nullopt;
    std::size_t status = 0;
    for (char digit : digits) {
        status = status * 10 + static_cast<std::size_t>(digit - '0');
        scanner.skip(digit);
    }
    scanner.skip_blanks();
    return status >= kFirstStatus && status <= kLastStatus ? std::optional{status} : std::nullopt;
}

}  // namespace

StatusSet::StatusSet() {
    for (std::size_t status = 200; status <= 299; ++status) statuses_.set(status);
}

std::optional<StatusSet> StatusSet::parse(std::string_view text) {
    StatusSet set;
    if (text == "any") {
        set.statuses_.set();
        return set;
    }
    set.statuses_.reset();
    HeaderScanner scanner{text};
    do {
        auto first = parse_status(scanner);
        auto last = scanner.skip('-') ? parse_status(scanner) : first;
        if (!first || !last || *last < *first) return std::nullopt;
        for (auto status = *first; status <= *last; ++status) set.statuses_.set(status);
    } while (scanner.skip(','));
    return scanner.at_end() ? std::optional{set} : std::nullopt;
}

}  // namespace haul::model
