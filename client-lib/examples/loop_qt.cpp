// A download in a program whose loop is Qt's: haul_example_loop_qt BUS URL FILE
#include <QCoreApplication>
#include <QSocketNotifier>

#include "one_download.hpp"

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: haul_example_loop_qt BUS URL FILE\n";
        return 2;
    }
    QCoreApplication application(argc, argv);
    const auto loop = haul::AppLoop::open();
    if (!loop) return 1;
    QSocketNotifier notifier(loop->descriptor(), QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, [&] { loop->dispatch(); });

    OneDownload download(*loop, haul::Bus::parse(argv[1]), [] { QCoreApplication::quit(); });
    if (!download.start(argv[2], argv[3])) return 1;
    QCoreApplication::exec();
    return download.exit_code();
}
