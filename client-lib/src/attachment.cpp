#include <utility>

#include "connection.hpp"
#include "haul/session_handle.hpp"

namespace haul {

Attachment::Attachment(std::shared_ptr<detail::Connection> connection, std::string session_path,
                       Subscription subscription)
    : connection_(std::move(connection)),
      session_path_(std::move(session_path)),
      signals_(std::move(subscription)) {}

Attachment& Attachment::operator=(Attachment&& other) noexcept {
    std::swap(connection_, other.connection_);
    std::swap(session_path_, other.session_path_);
    std::swap(signals_, other.signals_);
    return *this;
}

Attachment::~Attachment() {
    if (!connection_) return;
    // A daemon that cannot be told has lost the attachment by itself.
    (void)connection_->on_session(session_path_, [](detail::SessionProxy& session) { session.Detach(); });
}

}  // namespace haul
