// Uploads a file that it has open, shows how far the server is, and writes the server's answer to standard
// output: haul_example_upload BUS FILE URL
#include <fcntl.h>
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

/// The answer's body, which there is also where the server refused the file.
void show_answer(const haul::TaskHandle& task, const haul::TaskDetails& details) {
    std::cerr << "answer " << details.status.value_or(0) << '\n';
    for (const auto& [name, value] : details.upload->reply_headers)
        std::cerr << name << ": " << value << '\n';
    const auto result = task.open_result();
    if (!result) return;
    std::array<char, 65536> piece{};
    for (ssize_t length = 0; (length = ::read(result->get(), piece.data(), piece.size())) > 0;) {
        std::fwrite(piece.data(), 1, static_cast<std::size_t>(length), stdout);
    }
}

int run(const haul::Bus& bus, const haul::File& file, const char* url) {
    const auto client = haul::Client::connect(bus);
    if (!client) return complain(client.error());
    const auto session = client->open_session("org.example.Upload");
    if (!session) return complain(session.error());
    const auto attachment = session->attach({});
    if (!attachment) return complain(attachment.error());

    // The copy is the daemon's own: from here on the file may change, and this program may end.
    const auto task = session->create_upload(
        url, file, {.content_type = "application/octet-stream", .snapshot = haul::Snapshot::Copy});
    if (!task) return complain(task.error());
    bool has_ended = false;
    const auto watching = task->watch({
        .progress =
            [](haul::Bytes done, std::optional<haul::Bytes> total) {
                std::cerr << "progress " << done << " of " << total.value_or(0) << '\n';
            },
        .state_changed =
            [&](haul::TaskState state) {
                std::cerr << "state " << to_string(state) << '\n';
                has_ended = haul::has_ended(state);
            },
    });
    if (!watching) return complain(watching.error());
    if (const auto resumed = task->resume(); !resumed) return complain(resumed.error());
    if (const auto done = dispatch_until(*client, has_ended); !done) return complain(done.error());

    const auto details = task->details();
    if (!details) return complain(details.error());
    show_answer(*task, *details);
    if (details->state == haul::TaskState::Finished) return 0;
    std::cerr << "failed: " << details->error_text << '\n';
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: haul_example_upload BUS FILE URL\n";
        return 2;
    }
    const haul::File file(::open(argv[2], O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        std::perror(argv[2]);
        return 1;
    }
    return run(haul::Bus::parse(argv[1]), file, argv[3]);
}
