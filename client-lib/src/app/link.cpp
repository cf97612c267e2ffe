#include "app/link.hpp"

namespace haul::detail {

Link::Link(std::shared_ptr<Loop> loop, Bus bus, std::chrono::milliseconds patience, Owner owner)
    : loop_(std::move(loop)), bus_(std::move(bus)), patience_(patience), owner_(std::move(owner)) {
    loop_->add(*this);
}

Link::~Link() {
    loop_->remove(*this);
}

Result<std::shared_ptr<Connection>> Link::open() {
    if (connection_) return connection_;
    auto connection = Connection::open(bus_);
    if (!connection) return connection;
    connection_ = *connection;
    if (auto done = owner_.on_open(*connection_); !done) {
        connection_.reset();
        return tl::unexpected(std::move(done.error()));
    }
    return connection_;
}

std::optional<PollRequest> Link::poll_request() {
    if (!connection_) return std::nullopt;
    const auto request = connection_->poll_request();
    if (request) return *request;
    // It is lost, which the next dispatch will find.
    return PollRequest{.descriptor = -1, .events = 0, .timeout = std::chrono::milliseconds(0)};
}

void Link::on_ready() {
    if (connection_ && !connection_->dispatch()) lose();
}

void Link::lose() {
    if (!connection_) return;
    loop_->release(*this);
    connection_.reset();
    owner_.on_lost();
}

}  // namespace haul::detail
