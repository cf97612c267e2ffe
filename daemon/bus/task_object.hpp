#pragma once

#include <proto/Task_adaptor.h>
#include <sdbus-c++/sdbus-c++.h>

#include "bus/front_door.hpp"

namespace haul::bus {

/// /org/hauld1/task/N: see proto/org.hauld1.Task.xml.
class TaskObject final : public sdbus::AdaptorInterfaces<org::hauld1::Task_adaptor> {
public:
    TaskObject(sdbus::IConnection& connection, FrontDoor& door, TaskId task);
    ~TaskObject();

private:
    template <class... Out>
    using Reply = sdbus::Result<Out...>;

    void Resume(Reply<>&& reply) override;
    void Suspend(Reply<>&& reply) override;
    void Cancel(Reply<>&& reply) override;
    void CancelProducingResumeData(Reply<std::vector<std::uint8_t>>&& reply) override;
    void Remove(Reply<>&& reply) override;
    void SetHeader(Reply<>&& reply, std::string name, std::string value) override;
    void SetOption(Reply<>&& reply, std::string key, std::string value) override;
    void SetPriority(Reply<>&& reply, double priority) override;
    void ReplaceUrl(Reply<>&& reply, std::string url) override;
    void ProvideCredential(Reply<>&& reply, std::string scheme, std::string user,
                           std::string secret) override;
    void Wait(Reply<std::string, std::string>&& reply, std::uint64_t timeout_usec) override;
    void GetDetails(Reply<Dictionary>&& reply) override;
    void GetMetrics(Reply<std::vector<Dictionary>>&& reply) override;
    void OpenResult(Reply<sdbus::UnixFd>&& reply) override;

    std::uint64_t Id() override { return task_.value; }
    std::string Kind() override;
    std::string State() override;
    std::string Reason() override;
    std::vector<std::string> BlockedBy() override;
    std::uint64_t BytesDone() override;
    std::int64_t BytesTotal() override;

    control::TaskView view();

    FrontDoor& door_;
    TaskId task_;
};

}  // namespace haul::bus
