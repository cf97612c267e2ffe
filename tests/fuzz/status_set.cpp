// The option accept-status.

#include "model/status_set.hpp"

#include "fuzz/target.hpp"

namespace haul::fuzz {
namespace {

std::string list_of(const model::StatusSet& set) {
    std::string list;
    for (std::uint16_t status = 100; status <= 599; ++status)
        if (set.contains(status)) list += (list.empty() ? "" : " , ") + std::to_string(status);
    return list;
}

}  // namespace

void try_input(std::string_view input) {
    auto set = model::StatusSet::parse(input);
    if (!set) return;
    auto list = list_of(*set);
    require(!list.empty(), "a list has a status in it");
    auto again = model::StatusSet::parse(list);
    require(again && list_of(*again) == list, "a set that is written again is the same");
    if (input == "any") return;
    require(*again == *set, "only \"any\" has statuses that no list can name");
    for (std::uint32_t status = 0; status <= 65535; status += status < 100 || status >= 599 ? 1 : 500)
        if (status < 100 || status > 599)
            require(!set->contains(static_cast<std::uint16_t>(status)), "a list has statuses of 100 to 599");
    require(model::StatusSet::parse(std::string{input} + ",404")->contains(404), "lists can be continued");
    require(!model::StatusSet::parse(std::string{input} + ","), "a list does not end with a comma");
}

}  // namespace haul::fuzz
