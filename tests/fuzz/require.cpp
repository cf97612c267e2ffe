#include <cstdio>
#include <cstdlib>

#include "fuzz/target.hpp"

namespace haul::fuzz {

void require(bool holds, std::string_view property) {
    if (holds) return;
    std::fprintf(stderr, "this does not hold: %.*s\n", static_cast<int>(property.size()), property.data());
    std::abort();
}

}  // namespace haul::fuzz
