#include "haul/application.hpp"

#include <proto/Client_adaptor.h>

#include <utility>

#include "connection.hpp"

namespace haul {

class Application::Object final : public sdbus::AdaptorInterfaces<org::hauld1::Client_adaptor> {
public:
    Object(std::shared_ptr<detail::Connection> connection, OnWake on_wake)
        : AdaptorInterfaces(connection->bus(), "/org/hauld1/Client"),
          connection_(std::move(connection)),
          on_wake_(std::make_shared<OnWake>(std::move(on_wake))) {
        registerAdaptor();
    }
    ~Object() {
        unregisterAdaptor();
        if (name_.empty()) return;
        try {
            connection_->bus().releaseName(name_);
        } catch (const sdbus::Error&) {
            // The bus is gone, and the name with it.
        }
    }
    Object(const Object&) = delete;
    Object& operator=(const Object&) = delete;

    /// Last of all: calls may come from now on.
    void take_name(const std::string& name) {
        connection_->bus().requestName(name);
        name_ = name;
    }

private:
    /// The daemon gets its answer when this returns.
    void HandleEvents(const std::string& identifier, const std::uint64_t& wake) override {
        connection_->defer([on_wake = std::weak_ptr(on_wake_), identifier, wake] {
            if (const auto handler = on_wake.lock()) (*handler)(identifier, {wake});
        });
    }

    std::shared_ptr<detail::Connection> connection_;
    std::shared_ptr<OnWake> on_wake_;
    std::string name_;
};

Application::Application(std::unique_ptr<Object> object) : object_(std::move(object)) {}
Application::Application(Application&&) noexcept = default;
Application& Application::operator=(Application&&) noexcept = default;
Application::~Application() = default;

Result<Application> Application::own(const Client& client, const std::string& bus_name, OnWake on_wake) {
    try {
        auto object = std::make_unique<Object>(client.connection_, std::move(on_wake));
        object->take_name(bus_name);
        return Application(std::move(object));
    } catch (const sdbus::Error& error) {
        const bool is_taken = error.getName() == "org.freedesktop.DBus.Error.FileExists" ||
                              error.getMessage().find("File exists") != std::string::npos;
        return tl::unexpected(
            Error{.code = is_taken ? ErrorCode::InvalidState : ErrorCode::InvalidArgument,
                  .message = "cannot own the bus name " + bus_name + ": " + error.getMessage(),
                  .name = error.getName()});
    }
}

}  // namespace haul
