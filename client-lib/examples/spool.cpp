// Downloads a URL into the daemon's spool, shows the signals that arrive on the way, and writes the result to
// standard output: haul_example_spool BUS URL
#include <poll.h>
#include <unistd.h>
#include <haul/haul.hpp>

#include <array>
#include <cstdio>
#include <iostream>

namespace {

int complain(const haul::Error& error) {
    std::cerr << to_string(error.code) << ": " << error.message << '\n';
    return 1;
}

/// Lets callbacks run until `is_over`, without asking the daemon anything.
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

void copy_to_output(const haul::File& result) {
    std::array<char, 65536> piece{};
    for (ssize_t length = 0; (length = ::read(result.get(), piece.data(), piece.size())) > 0;) {
        std::fwrite(piece.data(), 1, static_cast<std::size_t>(length), stdout);
    }
}

/// Everything that waits, each once; what is handled is acknowledged, and then it is gone.
haul::Result<void> handle_events(const haul::SessionHandle& session) {
    const auto events = session.events();
    if (!events) return tl::unexpected(events.error());
    for (const auto& event : *events)
        std::cerr << "event " << event.number.number << ": " << event.type << '\n';
    return events->empty() ? haul::Result<void>() : session.acknowledge(events->back().number);
}

int run(const haul::Bus& bus, const char* url) {
    const auto client = haul::Client::connect(bus);
    if (!client) return complain(client.error());
    const auto session = client->open_session("org.example.Spool");
    if (!session) return complain(session.error());

    bool is_drained = false;
    const auto attachment = session->attach(
        {.all_events_delivered = [&](haul::EventNumber, haul::Completion) { is_drained = true; }});
    if (!attachment) return complain(attachment.error());

    const auto task = session->create_download(url);
    if (!task) return complain(task.error());
    bool has_ended = false;
    const auto watching = task->watch({
        .progress = [](haul::Bytes done,
                       std::optional<haul::Bytes>) { std::cerr << "progress " << done << '\n'; },
        .state_changed =
            [&](haul::TaskState state) {
                std::cerr << "state " << to_string(state) << '\n';
                has_ended = haul::has_ended(state);
            },
    });
    if (!watching) return complain(watching.error());
    if (const auto resumed = task->resume(); !resumed) return complain(resumed.error());
    if (const auto done = dispatch_until(*client, has_ended); !done) return complain(done.error());

    const auto result = task->open_result();
    if (!result) return complain(result.error());
    copy_to_output(*result);
    if (const auto handled = handle_events(*session); !handled) return complain(handled.error());
    if (const auto done = dispatch_until(*client, is_drained); !done) return complain(done.error());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: haul_example_spool BUS URL\n";
        return 2;
    }
    return run(haul::Bus::parse(argv[1]), argv[2]);
}
