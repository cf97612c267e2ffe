#include "haul/application.hpp"

#include <proto/Client_adaptor.h>

#include <utility>

#include "app/link.hpp"
#include "app/loop.hpp"
#include "connection.hpp"

namespace haul {

namespace {

using detail::Connection;
using detail::Link;
using detail::Loop;

/// The object that the daemon calls, and the name that it is found by, on one connection.
class Presence final : public sdbus::AdaptorInterfaces<org::hauld1::Client_adaptor> {
public:
    /// Called from within a call of the daemon's, which gets its answer when this returns.
    using OnCall = std::function<void(const std::string& identifier, WakeNumber wake)>;

    static Result<std::shared_ptr<Presence>> make(const std::shared_ptr<Connection>& connection,
                                                  const std::string& name, OnCall on_call) {
        try {
            auto presence = std::make_shared<Presence>(connection, std::move(on_call));
            presence->take_name(name);
            return presence;
        } catch (const sdbus::Error& error) {
            return tl::unexpected(to_error(error, name));
        }
    }

    Presence(std::shared_ptr<Connection> connection, OnCall on_call)
        : AdaptorInterfaces(connection->bus(), "/org/hauld1/Client"),
          connection_(std::move(connection)),
          on_call_(std::move(on_call)) {
        registerAdaptor();
    }
    ~Presence() {
        unregisterAdaptor();
        if (name_.empty()) return;
        try {
            connection_->bus().releaseName(name_);
        } catch (const sdbus::Error&) {
            // The bus is gone, and the name with it.
        }
    }
    Presence(const Presence&) = delete;
    Presence& operator=(const Presence&) = delete;

private:
    static Error to_error(const sdbus::Error& error, const std::string& name) {
        const bool is_taken = error.getName() == "org.freedesktop.DBus.Error.FileExists" ||
                              error.getMessage().find("File exists") != std::string::npos;
        auto known = detail::to_error(error.getName(), error.getMessage(), {});
        if (known.code == ErrorCode::Unknown)
            known.code = is_taken ? ErrorCode::InvalidState : ErrorCode::InvalidArgument;
        known.message = "cannot own the bus name " + name + ": " + error.getMessage();
        return known;
    }

    /// Last of all: calls may come from now on.
    void take_name(const std::string& name) {
        connection_->bus().requestName(name);
        name_ = name;
    }

    void HandleEvents(const std::string& identifier, const std::uint64_t& wake) override {
        on_call_(identifier, {wake});
    }

    std::shared_ptr<Connection> connection_;
    OnCall on_call_;
    std::string name_;
};

/// A presence in an executor, on whatever connection there is. Belongs to the loop's thread.
class Residence {
public:
    Residence(std::shared_ptr<Loop> loop, const Bus& bus, std::string name, Application::OnWake on_wake)
        : loop_(std::move(loop)),
          name_(std::move(name)),
          on_wake_(std::make_shared<Application::OnWake>(std::move(on_wake))),
          again_(*loop_, [this] { settle_again(); }),
          link_(
              loop_, bus, {},
              {.on_open = [](Connection&) -> Result<void> { return {}; }, .on_lost = [this] { on_lost(); }}) {
    }

    Result<void> settle() {
        return link_.open().and_then([&](const std::shared_ptr<Connection>& connection) {
            const auto on_call = [this](const std::string& identifier, WakeNumber wake) {
                // A call that waits here may outlive this.
                loop_->post([handler = std::weak_ptr(on_wake_), identifier, wake] {
                    if (const auto on_wake = handler.lock()) (*on_wake)(identifier, wake);
                });
            };
            return Presence::make(connection, name_, on_call).map([&](std::shared_ptr<Presence>&& presence) {
                presence_ = std::move(presence);
            });
        });
    }

private:
    void on_lost() {
        presence_.reset();
        again_.set_after(search_.next());
    }

    void settle_again() {
        if (settle())
            search_.reset();
        else
            again_.set_after(search_.next());
    }

    std::shared_ptr<Loop> loop_;
    std::string name_;
    std::shared_ptr<Application::OnWake> on_wake_;
    Loop::Timer again_;
    detail::Backoff search_ = detail::make_search();
    Link link_;
    std::shared_ptr<Presence> presence_;
};

}  // namespace

Application::Application(std::shared_ptr<void> presence) : presence_(std::move(presence)) {}

Result<Application> Application::own(const Client& client, const std::string& bus_name, OnWake on_wake) {
    auto& connection = client.connection_;
    const auto handler = std::make_shared<OnWake>(std::move(on_wake));
    const auto on_call = [&connection = *connection, handler](const std::string& identifier,
                                                              WakeNumber wake) {
        connection.defer([on_wake = std::weak_ptr(handler), identifier, wake] {
            if (const auto there = on_wake.lock()) (*there)(identifier, wake);
        });
    };
    return Presence::make(connection, bus_name, on_call).map([](std::shared_ptr<Presence>&& presence) {
        return Application(std::move(presence));
    });
}

Result<Application> Application::own(const Executor& executor, const std::string& bus_name, OnWake on_wake,
                                     const Bus& bus) {
    const auto& loop = executor.loop();
    return loop->call([&]() -> Result<Application> {
        // When the Application is destroyed, no callback runs any more.
        const std::shared_ptr<Residence> residence(new Residence(loop, bus, bus_name, std::move(on_wake)),
                                                   [loop](Residence* last) {
                                                       std::unique_ptr<Residence> owner(last);
                                                       (void)loop->call([&]() -> Result<void> {
                                                           owner.reset();
                                                           return {};
                                                       });
                                                   });
        return residence->settle().map([&] { return Application(residence); });
    });
}

}  // namespace haul
