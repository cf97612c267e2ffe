#pragma once

/// The whole of libhaul: background transfers that outlive the program that asked for them.
///
///     auto client = haul::Client::connect();
///     auto session = client->open_session("com.example.App");
///     auto task = session->create_download("https://example.com/file",
///                                          {.destination = "/home/me/file", .start = haul::Start::AtOnce});
///     if (!task) std::cerr << task.error().message << '\n';
///     auto sent = session->create_upload("https://example.com/in/file", "/home/me/file",
///                                        {.start = haul::Start::AtOnce});

#include "haul/application.hpp"
#include "haul/bus.hpp"
#include "haul/client.hpp"
#include "haul/completion.hpp"
#include "haul/credential.hpp"
#include "haul/details.hpp"
#include "haul/error.hpp"
#include "haul/event_details.hpp"
#include "haul/file.hpp"
#include "haul/metrics.hpp"
#include "haul/options.hpp"
#include "haul/session_handle.hpp"
#include "haul/subscription.hpp"
#include "haul/task_handle.hpp"
#include "haul/types.hpp"
