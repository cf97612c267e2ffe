// Fields as the journal holds them.

#include "journal/fields_codec.hpp"

#include "fuzz/target.hpp"

namespace haul::fuzz {

void try_input(std::string_view input) {
    auto fields = journal::decode(input);
    require(fields.size() <= input.size(), "a field takes bytes");
    auto bytes = journal::encode(fields);
    // Compared as bytes: a number that is not one is not equal to itself.
    require(journal::encode(journal::decode(bytes)) == bytes, "fields that are written are read again");
    require(journal::decode(bytes).size() == fields.size(), "no field is lost");
    require(bytes.empty() || journal::decode(bytes.substr(0, bytes.size() - 1)).size() == fields.size() - 1,
            "a field that lacks its last byte is none");
    require(journal::decode(bytes + '\x05').size() == fields.size(), "a torn field ends the list");
}

}  // namespace haul::fuzz
