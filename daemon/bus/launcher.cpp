#include "bus/launcher.hpp"

#include <string_view>
#include <utility>

#include "bus/sd_bus.hpp"

namespace haul::bus {
namespace {

constexpr Duration kBusTimeout = std::chrono::seconds{25};
constexpr std::string_view kNoOwner = "org.freedesktop.DBus.Error.NameHasNoOwner";

Method of_bus(const char* member) {
    return {"org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", member};
}

Method of_systemd(const char* member) {
    return {"org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager",
            member};
}

/// The answer's string; empty where there is none.
std::string text_of(sd_bus_message* message) {
    const char* text = nullptr;
    return sd_bus_message_read(message, "s", &text) > 0 ? text : "";
}

std::string error_of(const Answer& answer) {
    return answer.error_name + (answer.error_text.empty() ? "" : ": " + answer.error_text);
}

bool lists(sd_bus_message* message, const std::string& wanted) {
    if (sd_bus_message_enter_container(message, 'a', "s") <= 0) return false;
    const char* name = nullptr;
    while (sd_bus_message_read(message, "s", &name) > 0)
        if (wanted == name) return true;
    return false;
}

tl::unexpected<Error> refuse(const std::string& option, const std::string& value, const std::string& why,
                             ErrorCode code = ErrorCode::InvalidArgument) {
    return fail(code, "option \"" + option + "\": " + value + " " + why);
}

}  // namespace

Launcher::Launcher(sdbus::IConnection& connection, OwnerId self, Duration timeout, OnLaunched on_launched)
    : bus_(underneath(connection)), self_(self), timeout_(timeout), on_launched_(std::move(on_launched)) {}

void Launcher::check(const model::LaunchTarget& target, OwnerId owner, Checked reply) {
    auto shared = std::make_shared<Checked>(std::move(reply));
    auto check_rest = [this, unit = target.unit, owner, shared](Result<> checked) {
        if (!checked || unit.empty()) return (*shared)(std::move(checked));
        check_unit(unit, owner, [shared](Result<> found) { (*shared)(std::move(found)); });
    };
    if (target.bus_name.empty()) return check_rest({});
    find_owner(target.bus_name, owner,
               [this, name = target.bus_name, check_rest](Result<std::string> connection) {
                   if (!connection) return check_rest(tl::make_unexpected(std::move(connection).error()));
                   if (!connection->empty()) return check_rest({});
                   check_activatable(name, check_rest);
               });
}

/// The connection that owns the name, empty where none does. Errors: NotPermitted where it is another
/// owner's.
void Launcher::find_owner(const std::string& name, OwnerId owner, OnOwner on_owner) {
    call(bus_, of_bus("GetNameOwner"), kBusTimeout, with(name),
         [this, name, owner, on_owner = std::move(on_owner)](const Answer& answer) {
             if (answer.message) return check_owner(text_of(answer.message), name, owner, on_owner);
             if (answer.error_name == kNoOwner) return on_owner(std::string{});
             on_owner(fail(ErrorCode::InvalidArgument, "the bus does not tell who owns the name " + name +
                                                           " (" + error_of(answer) + ")"));
         });
}

void Launcher::check_owner(const std::string& connection, const std::string& name, OwnerId owner,
                           OnOwner on_owner) {
    call(bus_, of_bus("GetConnectionUnixUser"), kBusTimeout, with(connection),
         [connection, name, owner, on_owner = std::move(on_owner)](const Answer& answer) {
             std::uint32_t uid = 0;
             if (!answer.message) return on_owner(std::string{});  // it has left just now
             if (sd_bus_message_read(answer.message, "u", &uid) > 0 && uid == owner.value)
                 return on_owner(connection);
             on_owner(refuse("bus-name", name, "belongs to another user: give a name of your own",
                             ErrorCode::NotPermitted));
         });
}

void Launcher::check_activatable(const std::string& name, std::function<void(Result<>)> reply) {
    call(
        bus_, of_bus("ListActivatableNames"), kBusTimeout, [](sd_bus_message*) { return 0; },
        [name, reply = std::move(reply)](const Answer& answer) {
            if (answer.message && lists(answer.message, name)) return reply({});
            reply(refuse("bus-name", name,
                         "can't be launched by the bus: install its service file in dbus-1/services"));
        });
}

void Launcher::check_unit(const std::string& unit, OwnerId owner, std::function<void(Result<>)> reply) {
    if (owner != self_)
        return reply(refuse("unit", unit,
                            "can't be started by a daemon that runs as another user: give a bus-name",
                            ErrorCode::NotPermitted));
    call(bus_, of_systemd("GetUnitFileState"), kBusTimeout, with(unit),
         [unit, reply = std::move(reply)](const Answer& answer) {
             if (!answer.message)
                 return reply(refuse("unit", unit, "is no installed unit (" + error_of(answer) + ")"));
             auto state = text_of(answer.message);
             for (std::string_view unusable : {"masked", "masked-runtime", "bad", "transient"})
                 if (state == unusable) return reply(refuse("unit", unit, "is " + state + ": install it"));
             reply({});
         });
}

void Launcher::launch(ports::LaunchRequest request) {
    auto pending = std::make_shared<const ports::LaunchRequest>(std::move(request));
    if (pending->target.bus_name.empty()) return start_unit(pending, "");
    find_owner(pending->target.bus_name, pending->owner, [this, pending](Result<std::string> connection) {
        if (!connection) return start_unit(pending, connection.error().message);
        if (connection->empty()) return start_name(pending);
        hand_over(pending, *connection);
    });
}

void Launcher::start_name(const Pending& request) {
    const auto& name = request->target.bus_name;
    auto put = [name](sd_bus_message* message) {
        return sd_bus_message_append(message, "su", name.c_str(), 0U);
    };
    call(bus_, of_bus("StartServiceByName"), timeout_, put, [this, request](const Answer& answer) {
        if (!answer.message) return start_unit(request, error_of(answer));
        find_owner(request->target.bus_name, request->owner, [this, request](Result<std::string> connection) {
            if (!connection) return start_unit(request, connection.error().message);
            if (connection->empty())
                return start_unit(request, request->target.bus_name + " has left as soon as it was there");
            hand_over(request, *connection);
        });
    });
}

void Launcher::hand_over(const Pending& request, const std::string& connection) {
    auto put = [request](sd_bus_message* message) {
        return sd_bus_message_append(message, "st", request->identifier.c_str(), request->wake.value);
    };
    call(bus_, {connection, "/org/hauld1/Client", "org.hauld1.Client", "HandleEvents"}, timeout_, put,
         [this, request](const Answer& answer) {
             if (answer.message) return report(request, "");
             start_unit(request,
                        request->target.bus_name + " answered HandleEvents with " + error_of(answer));
         });
}

/// The last step of the ladder; `trouble` is what was wrong with those before.
void Launcher::start_unit(const Pending& request, const std::string& trouble) {
    const auto& unit = request->target.unit;
    if (unit.empty()) return report(request, trouble);
    if (request->owner != self_) return report(request, unit + " is for a daemon of its owner's to start");
    auto put = [unit](sd_bus_message* message) {
        return sd_bus_message_append(message, "ss", unit.c_str(), "replace");
    };
    call(bus_, of_systemd("StartUnit"), timeout_, put, [this, request, trouble](const Answer& answer) {
        if (answer.message) return report(request, "");
        report(request, (trouble.empty() ? "" : trouble + "; ") + request->target.unit +
                            " can't be started: " + error_of(answer));
    });
}

void Launcher::report(const Pending& request, std::string error_text) {
    on_launched_({.session = request->session, .wake = request->wake, .error_text = std::move(error_text)});
}

}  // namespace haul::bus
