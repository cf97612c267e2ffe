#include "contract/http_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstdlib>
#include <optional>

namespace haul::contract {
namespace {

void send_all(int connection, std::string_view bytes) {
    while (!bytes.empty()) {
        auto sent = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

/// Everything up to the empty line; empty where the client has gone.
std::string read_request(int connection) {
    std::string request;
    char byte = 0;
    while (!request.ends_with("\r\n\r\n"))
        if (::recv(connection, &byte, 1, 0) == 1)
            request += byte;
        else
            return {};
    return request;
}

/// The value of a header field, as libcurl writes it.
std::string field(const std::string& request, const std::string& name) {
    auto start = request.find("\r\n" + name + ": ");
    if (start == request.npos) return {};
    start += name.size() + 4;
    return request.substr(start, request.find("\r\n", start) - start);
}

}  // namespace

HttpServer::HttpServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_.get(), generic, length) != 0 || ::listen(socket_.get(), 16) != 0 ||
        ::getsockname(socket_.get(), generic, &length) != 0)
        std::abort();
    port_ = ntohs(address.sin_port);
    listener_ = std::thread{[this] { listen(); }};
}

HttpServer::~HttpServer() {
    ::shutdown(socket_.get(), SHUT_RDWR);
    listener_.join();
    for (auto& connection : connections_) ::shutdown(connection.get(), SHUT_RDWR);
    for (auto& thread : threads_) thread.join();
}

void HttpServer::give(const std::string& path, const fakes::Entity& entity) {
    std::lock_guard lock(mutex_);
    entities_[path] = entity;
}

void HttpServer::listen() {
    while (true) {
        UniqueFd connection{::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
        if (!connection) return;
        int fd = connection.get();
        connections_.push_back(std::move(connection));
        threads_.emplace_back([this, fd] { serve(fd); });
    }
}

void HttpServer::serve(int connection) {
    auto request = read_request(connection);
    if (request.empty()) return;
    auto path = request.substr(4, request.find(' ', 4) - 4);
    std::optional<fakes::Entity> entity;
    {
        std::lock_guard lock(mutex_);
        if (auto found = entities_.find(path); found != entities_.end()) entity = found->second;
    }
    if (!entity) {
        send_all(connection, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        ::shutdown(connection, SHUT_RDWR);
        return;
    }
    Bytes offset = 0;
    auto range = field(request, "Range");
    if (!range.empty() && field(request, "If-Range") == entity->etag)
        offset = std::strtoull(range.c_str() + 6, nullptr, 10);
    auto head = offset > 0
                    ? "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " + std::to_string(offset) + "-" +
                          std::to_string(entity->size - 1) + "/" + std::to_string(entity->size) + "\r\n"
                    : std::string{"HTTP/1.1 200 OK\r\n"};
    head += "ETag: " + entity->etag + "\r\nContent-Length: " + std::to_string(entity->size - offset) +
            "\r\nConnection: close\r\n\r\n";
    send_all(connection, head);
    auto end = std::max(offset, std::min(entity->size, entity->stalls_after.value_or(entity->size)));
    send_all(connection, std::string(end - offset, 'b'));
    if (entity->stalls_after) {
        pollfd gone{connection, POLLIN, 0};
        ::poll(&gone, 1, -1);  // until the client or the server ends it
    }
    ::shutdown(connection, SHUT_RDWR);
}

}  // namespace haul::contract
