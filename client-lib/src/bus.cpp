#include "haul/bus.hpp"

namespace haul {

Bus Bus::parse(std::string_view text) {
    if (text == "session") return session();
    if (text == "system") return system();
    return at(std::string(text));
}

std::string Bus::to_string() const {
    switch (kind) {
        case Kind::Session:
            return "the session bus";
        case Kind::System:
            return "the system bus";
        case Kind::Address:
            return "the bus at " + address;
    }
    return {};
}

}  // namespace haul
