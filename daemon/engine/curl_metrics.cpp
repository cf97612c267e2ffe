#include "engine/curl_metrics.hpp"

#include <optional>
#include <string_view>

namespace haul::engine {
namespace {

std::string address(CURL* easy, CURLINFO ip_info, CURLINFO port_info) {
    char* ip = nullptr;
    long port = 0;
    curl_easy_getinfo(easy, ip_info, &ip);
    curl_easy_getinfo(easy, port_info, &port);
    if (!ip || *ip == 0) return {};
    bool is_v6 = std::string_view{ip}.find(':') != std::string_view::npos;
    return (is_v6 ? "[" + std::string{ip} + "]" : std::string{ip}) + ":" + std::to_string(port);
}

curl_off_t offset_info(CURL* easy, CURLINFO info) {
    curl_off_t value = 0;
    curl_easy_getinfo(easy, info, &value);
    return value;
}

/// The time at which a phase was over; none where it did not happen, which libcurl says with 0.
std::optional<Duration> phase(CURL* easy, CURLINFO info) {
    auto time = offset_info(easy, info);
    return time > 0 ? std::optional{Duration{time}} : std::nullopt;
}

}  // namespace

std::string http_version(CURL* easy) {
    long version = 0;
    curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
    switch (version) {
        case CURL_HTTP_VERSION_1_0:
            return "http/1.0";
        case CURL_HTTP_VERSION_1_1:
            return "http/1.1";
        case CURL_HTTP_VERSION_2_0:
            return "h2";
        default:
            return {};
    }
}

model::RequestMetrics read_metrics(CURL* easy) {
    long opened = 0;
    long head_bytes = 0;
    long request_bytes = 0;
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &opened);
    curl_easy_getinfo(easy, CURLINFO_HEADER_SIZE, &head_bytes);
    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    model::RequestMetrics metrics;
    metrics.name_lookup = phase(easy, CURLINFO_NAMELOOKUP_TIME_T);
    metrics.connect = phase(easy, CURLINFO_CONNECT_TIME_T);
    metrics.tls = phase(easy, CURLINFO_APPCONNECT_TIME_T);
    metrics.first_byte = phase(easy, CURLINFO_STARTTRANSFER_TIME_T);
    metrics.total = Duration{offset_info(easy, CURLINFO_TOTAL_TIME_T)};
    metrics.local_address = address(easy, CURLINFO_LOCAL_IP, CURLINFO_LOCAL_PORT);
    metrics.remote_address = address(easy, CURLINFO_PRIMARY_IP, CURLINFO_PRIMARY_PORT);
    metrics.protocol = http_version(easy);
    metrics.reused = opened == 0 && !metrics.remote_address.empty();
    metrics.received = static_cast<Bytes>(head_bytes + offset_info(easy, CURLINFO_SIZE_DOWNLOAD_T));
    metrics.sent = static_cast<Bytes>(request_bytes + offset_info(easy, CURLINFO_SIZE_UPLOAD_T));
    return metrics;
}

}  // namespace haul::engine
