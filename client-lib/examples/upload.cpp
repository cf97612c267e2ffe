// Uploads a file that it has open, shows how far the server is, and writes the server's answer to standard
// output: haul_example_upload BUS FILE URL
#include <fcntl.h>
#include <unistd.h>
#include <haul/haul.hpp>

#include <array>
#include <cstdio>
#include <iostream>
#include <optional>
#include <utility>

namespace {

int complain(const haul::Error& error) {
    std::cerr << to_string(error.code) << ": " << error.message << '\n';
    return 1;
}

/// What is told of the one upload.
class Upload : public haul::SessionDelegate {
public:
    bool is_over() const { return exit_code_.has_value(); }
    int exit_code() const { return *exit_code_; }

private:
    void on_progress(const haul::Task&, const haul::Progress& progress) override {
        std::cerr << "progress " << progress.done << " of " << progress.total.value_or(0) << '\n';
    }

    void on_state_changed(const haul::Task&, haul::TaskState state) override {
        std::cerr << "state " << to_string(state) << '\n';
    }

    void on_ended(const haul::Task& task, const haul::Ending& ending) override {
        show_answer(haul::UploadTask(task));
        if (!ending.is_success()) std::cerr << "failed: " << ending.error_text << '\n';
        exit_code_ = ending.is_success() ? 0 : 1;
    }

    /// There is a body also where the server refused the file.
    static void show_answer(const haul::UploadTask& task) {
        if (const auto details = task.details()) {
            std::cerr << "answer " << details->status.value_or(0) << '\n';
            for (const auto& [name, value] : details->upload->reply_headers)
                std::cerr << name << ": " << value << '\n';
        }
        const auto body = task.open_reply();
        if (!body) return;
        std::array<char, 65536> piece{};
        for (ssize_t length = 0; (length = ::read(body->get(), piece.data(), piece.size())) > 0;)
            std::fwrite(piece.data(), 1, static_cast<std::size_t>(length), stdout);
    }

    std::optional<int> exit_code_;
};

int run(const haul::Bus& bus, const haul::File& file, const char* url) {
    const auto loop = haul::AppLoop::open();
    if (!loop) return complain(loop.error());
    Upload upload;
    auto configuration = haul::SessionConfiguration::background("org.example.Upload");
    configuration.bus = bus;
    const auto session = haul::Session::open(*loop, configuration);
    if (!session) return complain(session.error());
    if (const auto attached = session->attach(upload); !attached) return complain(attached.error());

    // The copy is the daemon's own: from here on the file may change, and this program may end.
    const auto task = session->upload(url, {.file_descriptor = file.get(),
                                            .content_type = "application/octet-stream",
                                            .snapshot = haul::Snapshot::Copy,
                                            .start = haul::Start::AtOnce});
    if (!task) return complain(task.error());
    loop->run_until([&] { return upload.is_over(); });
    return upload.exit_code();
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
