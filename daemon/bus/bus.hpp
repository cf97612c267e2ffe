#pragma once

#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "bus/callers.hpp"
#include "bus/connection.hpp"
#include "bus/front_door.hpp"
#include "bus/manager_object.hpp"
#include "bus/message_filter.hpp"
#include "bus/session_object.hpp"
#include "bus/task_object.hpp"
#include "bus/web_socket_object.hpp"

namespace haul::bus {

/// The objects that callers see. Sessions and tasks are in the journal, not on the bus: the object for a path
/// is made when its owner calls it, and the least recently used ones are taken away again, unless a reply of
/// theirs is still to come. For any other caller the path is empty: a filter sees each call, with its sender,
/// before the bus library looks for the object, also for property reads.
class Bus {
public:
    static constexpr const char* kName = "org.hauld1";

    Bus(Connection& connection, control::Control& control, const std::string& version);

private:
    struct Entry {
        std::string path;
        std::shared_ptr<void> object;  ///< a SessionObject or a TaskObject, of a WebSocket with its other one
    };

    MessageFilter::Verdict before_call(sd_bus_message* message);
    bool owns(const control::Caller& caller, const std::string& path);
    std::shared_ptr<void> offer(const std::string& path);
    void withdraw_oldest();

    Connection& connection_;
    Callers callers_;
    FrontDoor door_;
    ManagerObject manager_;
    std::list<Entry> recent_;
    std::unordered_map<std::string, std::list<Entry>::iterator> by_path_;
    MessageFilter filter_;
};

}  // namespace haul::bus
