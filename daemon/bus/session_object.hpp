#pragma once

#include <proto/Session_adaptor.h>
#include <sdbus-c++/sdbus-c++.h>

#include "bus/front_door.hpp"

namespace haul::bus {

/// /org/hauld1/session/N: see proto/org.hauld1.Session.xml.
class SessionObject final : public sdbus::AdaptorInterfaces<org::hauld1::Session_adaptor> {
public:
    SessionObject(sdbus::IConnection& connection, FrontDoor& door, SessionId session);
    ~SessionObject();

private:
    template <class... Out>
    using Reply = sdbus::Result<Out...>;
    using Requests = std::vector<sdbus::Struct<std::string, std::string, Dictionary>>;
    using WaitingRow = sdbus::Struct<std::uint64_t, std::vector<std::string>, std::uint64_t>;
    using EventRow = sdbus::Struct<std::uint64_t, std::uint64_t, std::string, std::int64_t, Dictionary>;

    void CreateDownload(Reply<sdbus::ObjectPath>&& reply, std::string url, Dictionary options) override;
    void CreateUpload(Reply<sdbus::ObjectPath>&& reply, std::string url, std::string file,
                      Dictionary options) override;
    void CreateWebSocket(Reply<sdbus::ObjectPath>&& reply, std::string url,
                         std::vector<std::string> subprotocols, Dictionary options) override;
    void CreateMany(Reply<std::vector<sdbus::ObjectPath>>&& reply, Requests requests) override;
    void Attach(Reply<>&& reply) override;
    void Detach(Reply<>&& reply) override;
    void TakeOver(Reply<>&& reply) override;
    void GetEvents(Reply<std::vector<EventRow>>&& reply, std::uint64_t after, std::uint32_t max) override;
    void Acknowledge(Reply<>&& reply, std::uint64_t seq) override;
    void Complete(Reply<>&& reply, std::uint64_t wake) override;
    void ListTasks(Reply<std::vector<TaskRow>>&& reply, std::string state, std::uint64_t after,
                   std::uint32_t max) override;
    void ListWaiting(Reply<std::vector<WaitingRow>>&& reply, std::uint64_t after, std::uint32_t max) override;
    void GetDetails(Reply<Dictionary>&& reply) override;
    void Invalidate(Reply<>&& reply, bool cancel) override;

    FrontDoor& door_;
    SessionId session_;
};

}  // namespace haul::bus
