#include "control/stored_options.hpp"

#include "journal/fields_codec.hpp"

namespace haul::control {

std::string store_options(const model::Options& options) {
    return journal::encode(model::to_fields(options));
}

model::Options load_options(const std::string& stored) {
    // They were checked when they came in; what a later version stored and this one does not know is left
    // out.
    model::Options options;
    for (const auto& field : journal::decode(stored))
        [[maybe_unused]] auto known =
            model::set_option(options, model::OptionScope::Task, field.key, field.value);
    return options;
}

model::Options without_columns(model::Options options) {
    options.headers.reset();
    options.destination.reset();
    options.if_exists.reset();
    options.priority.reset();
    options.token.reset();
    options.start.reset();
    options.not_before.reset();
    return options;
}

}  // namespace haul::control
