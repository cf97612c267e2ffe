#pragma once

#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>

#include "bus/callers.hpp"
#include "bus/connection.hpp"
#include "bus/front_door.hpp"
#include "bus/manager_object.hpp"
#include "bus/session_object.hpp"
#include "bus/task_object.hpp"

namespace haul::bus {

/// The objects that callers see. Sessions and tasks are in the journal, not on the bus: the object for a path is made
/// when its owner calls it, and the least recently used ones are taken away again. For any other caller the path is
/// empty. A match sees each call before the bus library looks for its object, and sees its sender, also for property
/// reads.
class Bus {
public:
    static constexpr const char* kName = "org.hauld1";

    Bus(Connection& connection, control::Control& control, const std::string& version);

private:
    using Object = std::variant<std::unique_ptr<SessionObject>, std::unique_ptr<TaskObject>>;
    struct Entry {
        std::string path;
        Object object;
    };

    void before_call(sdbus::Message& message);
    bool owns(const std::string& path);
    void offer(const std::string& path);
    void withdraw(const std::string& path);

    Connection& connection_;
    Callers callers_;
    FrontDoor door_;
    ManagerObject manager_;
    std::list<Entry> recent_;
    std::unordered_map<std::string, std::list<Entry>::iterator> by_path_;
    sdbus::Slot match_;
};

}  // namespace haul::bus
