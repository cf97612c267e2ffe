#pragma once

#include <curl/curl.h>

#include <string>

#include "model/metrics.hpp"

namespace haul::engine {

/// What libcurl knows of the costs of a handle's last request (curl_easy_getinfo(3)).
model::RequestMetrics read_metrics(CURL* easy);

/// "http/1.0", "http/1.1" or "h2", of the last answer; "" where there was none.
std::string http_version(CURL* easy);

}  // namespace haul::engine
