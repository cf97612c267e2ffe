#include "progress_json.hpp"

#include <cmath>
#include <iostream>

#include "json.hpp"

namespace haul::cli {

namespace {

Json typed(const char* type) {
    Json json;
    json["type"] = type;
    return json;
}

void print_line(const std::string& line) {
    std::cout << line + "\n" << std::flush;
}

/// The part of the details that changes on the way.
Json changing(const TaskDetails& details) {
    const auto all = to_json(details);
    Json json;
    for (const char* key : {"id", "state", "bytes-done", "bytes-total", "attempts", "blocked-by", "why",
                            "next-attempt", "error", "error-text"}) {
        if (const auto place = all.find(key); place != all.end()) json[key] = *place;
    }
    return json;
}

}  // namespace

void JsonProgress::show(const std::vector<Progress>& pending, std::size_t, Moment) {
    for (const auto& task : pending) {
        auto json = typed("progress");
        json.update(changing(task.details));
        auto& last = last_lines_[task.details.id];
        auto line = to_line(json);
        if (line == last) continue;
        last = std::move(line);
        if (task.bytes_per_second) json["rate"] = std::llround(*task.bytes_per_second);
        if (task.time_left) json["seconds-left"] = task.time_left->count();
        print_line(to_line(json));
    }
}

void JsonProgress::show_end(const Progress& task) {
    auto json = typed("ended");
    json.update(to_json(task.details));
    print_line(to_line(json));
    last_lines_.erase(task.details.id);
}

void JsonProgress::show_challenge(const TaskDetails& task, const std::optional<Challenge>& challenge) {
    auto json = typed("credentials-needed");
    json.update(changing(task));
    if (challenge) {
        json["scheme"] = challenge->scheme;
        json["schemes"] = challenge->schemes;
        json["realm"] = challenge->realm;
        json["proxy"] = challenge->proxy;
        json["url"] = challenge->url;
        if (challenge->status) json["status"] = *challenge->status;
    }
    print_line(to_line(json));
}

void JsonProgress::note(std::string_view text) {
    auto json = typed("note");
    json["text"] = text;
    print_line(to_line(json));
}

}  // namespace haul::cli
