// An application that is not there while its downloads run, and is launched when they are done.
//
//   haul_example_woken BUS NAME DIRECTORY URL...   asks for downloads, and leaves
//   haul_example_woken BUS NAME DIRECTORY          is how its D-Bus service file starts it: handles what
//                                                  waits, moves the files into DIRECTORY, and leaves
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <haul/haul.hpp>

#include <array>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>

namespace {

constexpr const char* kSession = "downloads";

int complain(const haul::Error& error) {
    std::cerr << to_string(error.code) << ": " << error.message << '\n';
    return 1;
}

int ask_for(const haul::Client& client, const std::string& name, int count, char** urls) {
    const auto session = client.open_session(kSession, {.bus_name = name});
    if (!session) return complain(session.error());
    std::vector<haul::DownloadRequest> requests;
    for (int i = 0; i < count; ++i)
        requests.push_back({.url = urls[i], .options = {.start = haul::Start::AtOnce}});
    const auto tasks = session->create_downloads(requests);
    return tasks ? 0 : complain(tasks.error());
}

/// The result is in the daemon's spool until its event is acknowledged.
bool keep(const haul::Result<haul::File>& result, const std::filesystem::path& place) {
    if (!result) return false;
    const haul::File copy(::open(place.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    std::array<char, 65536> piece{};
    ssize_t length = 0;
    while ((length = ::read(result->get(), piece.data(), piece.size())) > 0)
        if (::write(copy.get(), piece.data(), static_cast<std::size_t>(length)) != length) return false;
    return length == 0;
}

/// Handles every event that waits, and acknowledges what is handled.
haul::Result<void> handle_events(const haul::Client& client, const haul::SessionHandle& session,
                                 const std::filesystem::path& directory) {
    const auto events = session.events();
    if (!events) return tl::unexpected(events.error());
    for (const auto& event : *events) {
        std::cerr << "event " << event.number.number << ": " << event.type << '\n';
        const auto task = client.task(event.task);
        if (event.type == "finished-downloading" &&
            !keep(task.open_result(), directory / std::to_string(event.task.number)))
            break;  // this one, and those behind it, will come again
        if (const auto done = session.acknowledge(event.number); !done) return done;
    }
    return {};
}

int serve(const haul::Client& client, const std::string& name, const std::filesystem::path& directory) {
    std::optional<haul::SessionHandle> session;
    std::optional<haul::Attachment> attachment;
    haul::Result<void> outcome;
    bool is_over = false;
    const auto end = [&](haul::Result<void> how) {
        outcome = std::move(how);
        is_over = true;
    };
    const auto attach = [&](const std::string& identifier, haul::WakeNumber) {
        auto opened = client.find_session(identifier);  // also one that was invalidated
        if (!opened) return end(tl::unexpected(opened.error()));
        session = *opened;
        auto attached = session->attach({
            .events_available =
                [&](haul::EventNumber, haul::EventNumber) {
                    if (auto done = handle_events(client, *session, directory); !done) end(done);
                },
            .all_events_delivered = [&](haul::EventNumber,
                                        haul::Completion completion) { end(completion.complete()); },
            .detached = [&](haul::Detachment) { end({}); },
        });
        if (!attached) return end(tl::unexpected(attached.error()));
        attachment = std::move(*attached);
    };
    const auto application = haul::Application::own(client, name, attach);
    if (!application) return complain(application.error());
    while (!is_over) {
        const auto request = client.poll_request();
        if (!request) return complain(request.error());
        pollfd entry{.fd = request->descriptor, .events = request->events, .revents = 0};
        ::poll(&entry, 1, request->timeout ? static_cast<int>(request->timeout->count()) : -1);
        if (const auto done = client.dispatch(); !done) return complain(done.error());
    }
    return outcome ? 0 : complain(outcome.error());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::cerr << "usage: haul_example_woken BUS NAME DIRECTORY [URL...]\n";
        return 2;
    }
    const auto client = haul::Client::connect(haul::Bus::parse(argv[1]));
    if (!client) return complain(client.error());
    if (argc > 4) return ask_for(*client, argv[2], argc - 4, argv + 4);
    return serve(*client, argv[2], argv[3]);
}
