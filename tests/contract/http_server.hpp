#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/unique_fd.hpp"
#include "fakes/fake_transfers.hpp"

namespace haul::contract {

/// A web server on loopback that has entities of made-up bytes: each request has a connection and a thread of
/// its own. Knows one Range and If-Range with the entity's tag.
class HttpServer {
public:
    HttpServer();
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    void give(const std::string& path, const fakes::Entity& entity) { give_one_by_one(path, {entity}); }
    /// Each request gets the next of them; the last one stays.
    void give_one_by_one(const std::string& path, std::deque<fakes::Entity> entities);
    /// Lets everything that stalls go on.
    void release();
    /// The Range of each request for this path so far, "" where it had none. Waits until there are so many.
    std::vector<std::string> ranges(const std::string& path, std::size_t count);
    std::string url(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(port_) + path;
    }

private:
    void listen();
    void serve(int connection);
    std::optional<fakes::Entity> take(const std::string& path, const std::string& range);
    void stall(int connection);

    UniqueFd socket_;
    std::uint16_t port_ = 0;
    std::mutex mutex_;
    std::condition_variable asked_;
    std::map<std::string, std::deque<fakes::Entity>> entities_;
    std::map<std::string, std::vector<std::string>> ranges_;
    UniqueFd released_;                  ///< an eventfd
    std::vector<UniqueFd> connections_;  ///< kept open until the end, so that no number is used twice
    std::vector<std::thread> threads_;
    std::thread listener_;
};

}  // namespace haul::contract
