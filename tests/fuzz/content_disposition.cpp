// Content-Disposition, and the file name that is made of it.

#include "model/content_disposition.hpp"
#include "fuzz/safe_name.hpp"
#include "fuzz/target.hpp"

namespace haul::fuzz {

void try_input(std::string_view input) {
    auto name = model::content_disposition_name(input);
    require(model::is_utf8(name), "a name is UTF-8");
    require(name.size() <= 2 * input.size(), "a name is no longer than the field, but for its encoding");
    require_safe(model::safe_file_name(name));
    require_safe(model::safe_file_name(input));
    if (name.empty()) return;
    // What follows can't take back a name that a whole parameter has given.
    require(model::content_disposition_name(std::string{input} + ";filename=other") == name,
            "the first name counts");
    require(model::content_disposition_name(std::string{input} + ";filename=\"") == "",
            "a malformed parameter spoils the field");
}

}  // namespace haul::fuzz
