#pragma once

/// The whole of libhaul: background transfers that outlive the program that asked for them.
///
/// An application opens a Session where its callbacks are to run, and hears of its tasks by a delegate, or by
/// coroutines:
///
///     auto thread = haul::OwnThread::start();                     // or AppLoop, in a loop of its own
///     auto session = haul::Session::open(*thread,
///     haul::SessionConfiguration::background("com.example.App")); session->attach(delegate); // a
///     haul::SessionDelegate auto task = session->download("https://example.com/file",
///                                   {.destination = "/home/me/file", .start = haul::Start::AtOnce});
///     if (!task) std::cerr << task.error().message << '\n';
///
/// What is below that, call for call as the bus has it, is Client with its SessionHandle and TaskHandle: one
/// thread, and nothing that is done behind the caller's back.

#include "haul/application.hpp"
#include "haul/async.hpp"
#include "haul/bus.hpp"
#include "haul/channel.hpp"
#include "haul/client.hpp"
#include "haul/close_code.hpp"
#include "haul/codec.hpp"
#include "haul/completion.hpp"
#include "haul/credential.hpp"
#include "haul/details.hpp"
#include "haul/error.hpp"
#include "haul/event_details.hpp"
#include "haul/executor.hpp"
#include "haul/file.hpp"
#include "haul/metrics.hpp"
#include "haul/next.hpp"
#include "haul/options.hpp"
#include "haul/progress.hpp"
#include "haul/session.hpp"
#include "haul/session_configuration.hpp"
#include "haul/session_delegate.hpp"
#include "haul/session_handle.hpp"
#include "haul/subscription.hpp"
#include "haul/task.hpp"
#include "haul/task_handle.hpp"
#include "haul/typed_web_socket.hpp"
#include "haul/types.hpp"
#include "haul/web_socket_events.hpp"
#include "haul/web_socket_handle.hpp"
#include "haul/web_socket_options.hpp"
#include "haul/web_socket_task.hpp"
