#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "haul/details.hpp"
#include "haul/error.hpp"
#include "haul/metrics.hpp"
#include "haul/types.hpp"

namespace haul::cli {

/// Keeps the order in which keys were put in.
using Json = nlohmann::ordered_json;

/// Keys are those of the D-Bus contract, and so are the units: bytes, and microseconds since 1970. What is
/// not known is absent, but for "bytes-total", which is null. Bytes that are no text (resume data) are
/// base64.
Json to_json(const Value& value);
Json to_json(const Values& values);
Json to_json(const TaskDetails& details);
Json to_json(const TaskSummary& summary);
Json to_json(const SessionDetails& details);
Json to_json(const Event& event);
Json to_json(const RequestMetrics& request);
Json to_json(const Error& error);
Json to_json(std::optional<Bytes> bytes);

/// One line of a stream, without its end.
std::string to_line(const Json& json);

/// A document of its own, indented.
std::string to_document(const Json& json);

}  // namespace haul::cli
