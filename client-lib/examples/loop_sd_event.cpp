// A download in a program whose loop is sd-event(3): haul_example_loop_sd_event BUS URL FILE
#include <systemd/sd-event.h>

#include <memory>

#include "one_download.hpp"

namespace {

int on_readable(sd_event_source*, int, std::uint32_t, void* loop) {
    static_cast<const haul::AppLoop*>(loop)->dispatch();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: haul_example_loop_sd_event BUS URL FILE\n";
        return 2;
    }
    const auto loop = haul::AppLoop::open();
    if (!loop) return 1;
    sd_event* raw_event = nullptr;
    if (sd_event_default(&raw_event) < 0) return 1;
    const std::unique_ptr<sd_event, decltype(&sd_event_unref)> event(raw_event, sd_event_unref);
    // The source goes with the event loop.
    sd_event_add_io(event.get(), nullptr, loop->descriptor(), EPOLLIN, on_readable,
                    const_cast<haul::AppLoop*>(&*loop));

    OneDownload download(*loop, haul::Bus::parse(argv[1]), [&] { sd_event_exit(event.get(), 0); });
    if (!download.start(argv[2], argv[3])) return 1;
    sd_event_loop(event.get());
    return download.exit_code();
}
