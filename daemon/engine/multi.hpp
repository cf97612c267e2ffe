#pragma once

#include <curl/curl.h>

#include <utility>

namespace haul::engine {

/// libcurl's multi handle.
class Multi {
public:
    Multi() : multi_(curl_multi_init()) {
        curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
        curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kIdleConnections);
    }
    ~Multi() { curl_multi_cleanup(multi_); }
    Multi(const Multi&) = delete;
    Multi& operator=(const Multi&) = delete;

    void add(CURL* easy) { curl_multi_add_handle(multi_, easy); }
    void remove(CURL* easy) { curl_multi_remove_handle(multi_, easy); }
    void perform() {
        int running = 0;
        curl_multi_perform(multi_, &running);
    }
    /// Sleeps until there is something to do, at most so many milliseconds. How many descriptors are ready.
    int poll(curl_waitfd& bell, int milliseconds) {
        int events = 0;
        curl_multi_poll(multi_, &bell, 1, milliseconds, &events);
        return events;
    }
    /// The next handle whose request is over, with its result; nullptr where there is none.
    std::pair<CURL*, CURLcode> take_done() {
        int left = 0;
        while (auto* message = curl_multi_info_read(multi_, &left))
            if (message->msg == CURLMSG_DONE) return {message->easy_handle, message->data.result};
        return {nullptr, CURLE_OK};
    }

private:
    /// By default libcurl keeps four for each handle that it has at that moment, which are none between two
    /// files.
    static constexpr long kIdleConnections = 256;

    CURLM* multi_;
};

}  // namespace haul::engine
