// A download in a program whose loop is GLib's, which GTK applications have: haul_example_loop_glib BUS URL
// FILE
#include <glib-unix.h>

#include <memory>

#include "one_download.hpp"

namespace {

gboolean on_readable(gint, GIOCondition, gpointer loop) {
    static_cast<const haul::AppLoop*>(loop)->dispatch();
    return G_SOURCE_CONTINUE;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: haul_example_loop_glib BUS URL FILE\n";
        return 2;
    }
    const auto loop = haul::AppLoop::open();
    if (!loop) return 1;
    const std::unique_ptr<GMainLoop, decltype(&g_main_loop_unref)> main_loop(g_main_loop_new(nullptr, FALSE),
                                                                             g_main_loop_unref);
    const auto source =
        g_unix_fd_add(loop->descriptor(), G_IO_IN, on_readable, const_cast<haul::AppLoop*>(&*loop));

    OneDownload download(*loop, haul::Bus::parse(argv[1]), [&] { g_main_loop_quit(main_loop.get()); });
    if (download.start(argv[2], argv[3])) g_main_loop_run(main_loop.get());
    g_source_remove(source);
    return download.exit_code();
}
