// Downloads a URL of a server that wants a token, which it gets only when it is asked for it, into the
// daemon's spool, and tells what each request took: haul_example_token BUS URL TOKEN
#include <poll.h>
#include <haul/haul.hpp>

#include <iostream>
#include <string>

namespace {

int complain(const haul::Error& error) {
    std::cerr << to_string(error.code) << ": " << error.message << '\n';
    return 1;
}

/// Answers the challenges among the events that wait, and acknowledges all of them. The token goes on from
/// the byte that the task had come to.
haul::Result<void> handle_events(const haul::Client& client, const haul::SessionHandle& session,
                                 const std::string& token) {
    const auto events = session.events();
    if (!events) return tl::unexpected(events.error());
    for (const auto& event : *events) {
        std::cerr << "event " << event.type << '\n';
        if (const auto redirection = haul::to_redirection(event))
            std::cerr << "redirected to " << redirection->final_url << '\n';
        const auto challenge = haul::to_challenge(event);
        if (!challenge) continue;
        std::cerr << challenge->realm << " wants " << challenge->scheme << '\n';
        const auto answered = client.task(event.task).set_header("Authorization", "Bearer " + token);
        if (!answered) return answered;
    }
    return events->empty() ? haul::Result<void>() : session.acknowledge(events->back().number);
}

/// Lets callbacks run until `is_over`.
haul::Result<void> dispatch_until(const haul::Client& client, const bool& is_over) {
    while (!is_over) {
        const auto request = client.poll_request();
        if (!request) return tl::unexpected(request.error());
        pollfd entry{.fd = request->descriptor, .events = request->events, .revents = 0};
        ::poll(&entry, 1, request->timeout ? static_cast<int>(request->timeout->count()) : -1);
        if (auto done = client.dispatch(); !done) return done;
    }
    return {};
}

int run(const haul::Bus& bus, const char* url, const std::string& token) {
    const auto client = haul::Client::connect(bus);
    if (!client) return complain(client.error());
    const auto session = client->open_session("org.example.Token");
    if (!session) return complain(session.error());

    haul::Result<void> handled;
    const auto attachment = session->attach({
        .events_available = [&](haul::EventNumber,
                                haul::EventNumber) { handled = handle_events(*client, *session, token); },
    });
    if (!attachment) return complain(attachment.error());
    const auto task = session->create_download(url);
    if (!task) return complain(task.error());
    bool has_ended = false;
    const auto watching =
        task->watch({.state_changed = [&](haul::TaskState state) { has_ended = haul::has_ended(state); }});
    if (!watching) return complain(watching.error());
    if (const auto resumed = task->resume(); !resumed) return complain(resumed.error());
    if (const auto done = dispatch_until(*client, has_ended); !done) return complain(done.error());
    if (handled) handled = handle_events(*client, *session, token);  // what came with the end
    if (!handled) return complain(handled.error());

    const auto requests = task->metrics();
    if (!requests) return complain(requests.error());
    for (const auto& request : *requests) {
        std::cout << request.status.value_or(0) << ' ' << request.protocol << ' ' << request.bytes_written
                  << " bytes";
        if (request.total) std::cout << " in " << request.total->count() << " microseconds";
        std::cout << '\n';
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: haul_example_token BUS URL TOKEN\n";
        return 2;
    }
    return run(haul::Bus::parse(argv[1]), argv[2], argv[3]);
}
