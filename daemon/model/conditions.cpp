#include "model/conditions.hpp"

namespace haul::model {

std::vector<std::string> to_words(const Conditions& conditions) {
    std::vector<std::string> words;
    auto add = [&](bool is_so, const char* word) {
        if (is_so) words.emplace_back(word);
    };
    auto connectivity = conditions.connectivity;
    add(connectivity == Connectivity::Limited || connectivity == Connectivity::Full, "online");
    add(connectivity == Connectivity::None || connectivity == Connectivity::LocalOnly, "offline");
    add(connectivity == Connectivity::Portal, "captive-portal");
    add(conditions.is_expensive(), "expensive");
    add(conditions.metered == Answer::Yes, "metered");
    add(conditions.cellular == Answer::Yes, "cellular");
    add(conditions.roaming == Answer::Yes, "roaming");
    add(conditions.is_constrained(), "constrained");
    add(conditions.on_battery == Answer::Yes, "on-battery");
    add(conditions.power_saver == Answer::Yes, "power-saver");
    add(conditions.data_saver, "data-saver");
    add(conditions.idle == Answer::Yes, "idle");
    add(conditions.is_asleep, "asleep");
    add(conditions.is_disk_full, "disk-full");
    return words;
}

}  // namespace haul::model
