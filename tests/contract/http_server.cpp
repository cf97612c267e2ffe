#include "contract/http_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
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

HttpServer::HttpServer()
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), released_(::eventfd(0, EFD_CLOEXEC)) {
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

void HttpServer::give_one_by_one(const std::string& path, std::deque<fakes::Entity> entities) {
    std::lock_guard lock(mutex_);
    entities_[path] = std::move(entities);
}

void HttpServer::release() {
    ::eventfd_write(released_.get(), 1);
}

std::vector<std::string> HttpServer::ranges(const std::string& path, std::size_t count) {
    std::unique_lock lock(mutex_);
    asked_.wait_for(lock, std::chrono::seconds{20}, [&] { return ranges_[path].size() >= count; });
    return ranges_[path];
}

std::optional<fakes::Entity> HttpServer::take(const std::string& path, const std::string& range) {
    std::lock_guard lock(mutex_);
    ranges_[path].push_back(range);
    asked_.notify_all();
    auto found = entities_.find(path);
    if (found == entities_.end()) return std::nullopt;
    auto entity = found->second.front();
    if (found->second.size() > 1) found->second.pop_front();
    return entity;
}

/// Until it is released, or the client or the server ends it.
void HttpServer::stall(int connection) {
    pollfd waiting[]{{connection, POLLIN, 0}, {released_.get(), POLLIN, 0}};
    ::poll(waiting, 2, -1);
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
    auto range = field(request, "Range");
    auto entity = take(path, range);
    auto refuse = [&](const std::string& head) {
        send_all(connection, "HTTP/1.1 " + head + "Content-Length: 0\r\nConnection: close\r\n\r\n");
        ::shutdown(connection, SHUT_RDWR);
    };
    if (!entity) return refuse("404 Not Found\r\n");
    if (entity->wants_credentials && field(request, "Authorization").empty())
        return refuse("401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"here\"\r\n");
    if (entity->refuses_ranges && !range.empty())
        return refuse("416 Range Not Satisfiable\r\nContent-Range: bytes */" + std::to_string(entity->size) +
                      "\r\n");
    Bytes begin = 0;
    Bytes end = entity->size;
    bool is_part = !range.empty() && field(request, "If-Range") == entity->etag;
    if (is_part) {
        auto dash = range.find('-');
        begin = std::strtoull(range.c_str() + 6, nullptr, 10);
        if (dash + 1 < range.size())
            end = std::min(end, Bytes{std::strtoull(range.c_str() + dash + 1, nullptr, 10)} + 1);
    }
    auto head = is_part ? "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " + std::to_string(begin) +
                              "-" + std::to_string(end - 1) + "/" + std::to_string(entity->size) + "\r\n"
                        : std::string{"HTTP/1.1 200 OK\r\n"};
    if (!entity->repr_digest.empty()) head += "Repr-Digest: " + entity->repr_digest + "\r\n";
    send_all(connection, head + "ETag: " + entity->etag + "\r\nAccept-Ranges: bytes\r\nContent-Length: " +
                             std::to_string(end - begin) + "\r\nConnection: close\r\n\r\n");
    auto until = entity->stalls_after ? entity->stalls_after : entity->breaks_after;
    auto first_end = std::max(begin, std::min(end, until.value_or(end)));
    send_all(connection, fakes::bytes_of(*entity, begin, first_end));
    if (entity->stalls_after) {
        stall(connection);
        send_all(connection, fakes::bytes_of(*entity, first_end, end));
    }
    ::shutdown(connection, SHUT_RDWR);
}

}  // namespace haul::contract
