#pragma once

#include <proto/Manager_adaptor.h>
#include <sdbus-c++/sdbus-c++.h>

#include "bus/front_door.hpp"

namespace haul::bus {

/// /org/hauld1: see proto/org.hauld1.Manager.xml.
class ManagerObject final : public sdbus::AdaptorInterfaces<org::hauld1::Manager_adaptor> {
public:
    ManagerObject(sdbus::IConnection& connection, FrontDoor& door, std::string version);
    ~ManagerObject();

private:
    template <class... Out>
    using Reply = sdbus::Result<Out...>;

    void Download(Reply<sdbus::ObjectPath>&& reply, std::string url, std::string destination) override;
    void Upload(Reply<sdbus::ObjectPath>&& reply, std::string url, std::string file,
                std::string method) override;
    void OpenWebSocket(Reply<sdbus::ObjectPath>&& reply, std::string url, std::string subprotocols) override;
    void OpenSession(Reply<sdbus::ObjectPath>&& reply, std::string identifier, Dictionary options) override;
    void ListSessions(
        Reply<std::vector<sdbus::Struct<std::string, sdbus::ObjectPath, std::uint32_t>>>&& reply) override;
    void ListTasks(Reply<std::vector<TaskRow>>&& reply, std::string state) override;
    void GetTask(Reply<sdbus::ObjectPath>&& reply, std::uint64_t id) override;
    void SetLimit(Reply<>&& reply, std::string name, std::uint64_t value) override;
    void GetLimits(Reply<std::map<std::string, std::uint64_t>>&& reply) override;

    std::string Version() override { return version_; }
    std::vector<std::string> Features() override {
        return {"download", "upload",    "websocket",   "resume-data", "segments",
                "mirrors",  "checksums", "credentials", "metrics",     "waking"};
    }
    std::vector<std::string> Conditions() override { return model::to_words(door_.control().conditions()); }
    std::uint32_t ActiveTasks() override;

    FrontDoor& door_;
    std::string version_;
};

}  // namespace haul::bus
