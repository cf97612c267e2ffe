#pragma once

#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/unique_fd.hpp"
#include "fakes/fake_transfers.hpp"

namespace haul::contract {

/// A web server on loopback that has entities of made-up bytes: each request has a connection and a thread of
/// its own. Knows Range and If-Range with the entity's tag.
class HttpServer {
public:
    HttpServer();
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    void give(const std::string& path, const fakes::Entity& entity);
    std::string url(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(port_) + path;
    }

private:
    void listen();
    void serve(int connection);

    UniqueFd socket_;
    std::uint16_t port_ = 0;
    std::mutex mutex_;
    std::map<std::string, fakes::Entity> entities_;
    std::vector<UniqueFd> connections_;  ///< kept open until the end, so that no number is used twice
    std::vector<std::thread> threads_;
    std::thread listener_;
};

}  // namespace haul::contract
