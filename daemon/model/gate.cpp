#include "model/gate.hpp"

#include "model/options.hpp"
#include "model/url.hpp"

namespace haul::model {
namespace {

Block find_network_blocks(Gate gate, Connectivity connectivity) {
    switch (connectivity) {
        case Connectivity::None:
        case Connectivity::Portal:
            return Block::Network;
        case Connectivity::LocalOnly:
            return has(gate, Gate::Network) ? Block::Network : Block::None;
        case Connectivity::Unknown:
        case Connectivity::Limited:
        case Connectivity::Full:
            return Block::None;
    }
    return Block::None;
}

bool has_power(const Conditions& conditions, const Leisure& leisure) {
    return conditions.on_battery != Answer::Yes || conditions.battery.value_or(0) >= leisure.min_battery;
}

/// Whether the name or address is one of this machine itself (RFC 6761, 6.3; RFC 6890).
bool is_loopback(std::string_view host) {
    return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || host.starts_with("127.");
}

}  // namespace

Gate find_gate(const Options& options, const Url& url) {
    auto gate = is_loopback(url.host) ? Gate::Everything : Gate::Network;
    if (!options.allow_expensive.value_or(true)) gate = gate | Gate::Inexpensive;
    if (!options.allow_constrained.value_or(true)) gate = gate | Gate::Unconstrained;
    if (!options.allow_roaming.value_or(true)) gate = gate | Gate::AtHome;
    if (options.discretionary.value_or(false)) gate = gate | Gate::Leisure;
    return gate;
}

Block find_blocks(Gate gate, const Conditions& conditions, const Leisure& leisure) {
    auto blocks = find_network_blocks(gate, conditions.connectivity);
    auto add = [&](bool is_closed, Block block) {
        if (is_closed) blocks = blocks | block;
    };
    bool is_leisurely = has(gate, Gate::Leisure);
    add(conditions.is_asleep, Block::Asleep);
    add((has(gate, Gate::Inexpensive) || is_leisurely) && conditions.is_expensive(), Block::Expensive);
    add((has(gate, Gate::Unconstrained) || is_leisurely) && conditions.is_constrained(), Block::Constrained);
    add(has(gate, Gate::AtHome) && conditions.roaming == Answer::Yes, Block::Roaming);
    add(is_leisurely && !has_power(conditions, leisure), Block::Power);
    add(is_leisurely && leisure.wants_idle && conditions.idle == Answer::No, Block::Busy);
    return blocks;
}

}  // namespace haul::model
