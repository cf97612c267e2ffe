#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bus/front_door.hpp"

namespace haul::bus {

/// The request for an upload of a file, "" where an option has it.
Result<std::vector<control::Order>> to_upload(std::string url, const std::string& file,
                                              const Dictionary& options, FileFds files);

/// The request for a WebSocket.
Result<control::CreateRequest> to_web_socket(std::string url, std::vector<std::string> subprotocols,
                                             const Dictionary& options);

/// Makes tasks whose sources may have to be copied first, and replies when they are committed: no turn of
/// ours decides when that is, so the reply is handed to control. `answer` makes the reply of the tasks' ids.
template <class... Out, class Answer>
void create_later(FrontDoor& door, SessionId session, sdbus::Result<Out...>&& reply,
                  Result<std::vector<control::Order>> orders, Answer answer) {
    const auto& caller = door.caller();
    if (!caller) return reply.returnError(to_bus_error(caller.error()));
    if (!orders) return reply.returnError(to_bus_error(orders.error()));
    auto shared = std::make_shared<sdbus::Result<Out...>>(std::move(reply));
    door.control().create(*caller, session, std::move(*orders),
                          [shared, answer, object = door.object()](Result<std::vector<TaskId>> made) {
                              using Answered = decltype(answer(*made));
                              auto result = made ? Result<Answered>{answer(*made)}
                                                 : Result<Answered>{tl::make_unexpected(made.error())};
                              FrontDoor::send(*shared, result);
                          });
}

}  // namespace haul::bus
