#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "commands.hpp"
#include "errand.hpp"
#include "haul/client.hpp"
#include "json.hpp"
#include "put_arguments.hpp"
#include "reply_file.hpp"

namespace haul::cli {

namespace {

/// `haul put`, understood.
struct Order {
    Errand errand;
    std::optional<std::filesystem::path> reply;
};

Order to_order(const PutArguments& arguments) {
    auto request = to_upload(arguments);
    return {
        .errand =
            {
                .kind = TaskKind::Upload,
                .arguments = arguments.errand,
                .logins = {to_login(arguments.transfer)},
                .reports = {request.file.empty() ? Json::object() : Json{{"file", request.file.string()}}},
                .create =
                    [request = std::move(request)](const Session& session) {
                        return session.create_upload(request.url, request.file, request.options)
                            .map([](Task&& task) { return std::vector{std::move(task)}; });
                    },
            },
        .reply = arguments.reply,
    };
}

ExitCode put(const Console& console, Order& order) {
    if (!order.reply) return run(console, order.errand);
    if (*order.reply == "-" && console.output() == Output::Json) {
        console.fail({.code = ErrorCode::InvalidArgument,
                      .message = "--json and --reply=- both write to standard output; name a file",
                      .name = {}});
        return ExitCode::Usage;
    }
    const auto reply = ReplyFile::open(*order.reply);
    if (!reply) return console.fail(reply.error());
    order.errand.on_end = [&](const Task& task, const TaskDetails& details) {
        auto kept = reply->keep(task);
        if (kept && details.upload && details.upload->is_reply_truncated)
            console.note("the answer was longer; the service kept its first MiB");
        return kept;
    };
    return run(console, order.errand);
}

}  // namespace

void add_put(CLI::App& app, Command& chosen) {
    auto arguments = std::make_shared<PutArguments>();
    auto* command = app.add_subcommand("put", "Upload a file or a form and show the progress");
    add_put_options(*command, *arguments);
    command->callback([arguments, &chosen] {
        auto order = std::make_shared<Order>(to_order(*arguments));
        chosen = [order](const Console& console) { return put(console, *order); };
    });
}

}  // namespace haul::cli
