#include <fcntl.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "errand.hpp"
#include "haul/client.hpp"
#include "haul/file.hpp"
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

/// The options with the upload's files open in place of their paths; nothing where one cannot be opened.
std::optional<UploadOptions> with_open_files(const UploadRequest& request, std::vector<File>& files) {
    auto options = request.options;
    const auto open = [&](const std::filesystem::path& path) {
        return files.emplace_back(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)).get();
    };
    if (!request.file.empty()) options.file_descriptor = open(request.file);
    for (auto& part : options.form) {
        if (!part.file) continue;
        part.filename = part.file->filename().string();
        part.file_descriptor = open(*part.file);
        part.file.reset();
    }
    for (const auto& file : files) {
        if (file.get() < 0) return std::nullopt;
    }
    return options;
}

/// A daemon that runs as another user takes no paths of ours, but copies what we have open.
Result<TaskHandle> create_upload_task(const SessionHandle& session, const UploadRequest& request) {
    auto made = session.create_upload(request.url, request.file, request.options);
    if (made || made.error().code != ErrorCode::NotPermitted) return made;
    if (request.options.form.empty() && request.options.snapshot != Snapshot::Copy) {
        made.error().message += "; --snapshot=copy hands it a copy";
        return made;
    }
    std::vector<File> files;
    const auto options = with_open_files(request, files);
    return options ? session.create_upload(request.url, *options) : made;
}

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
                    [request = std::move(request)](const SessionHandle& session) {
                        return create_upload_task(session, request).map([](TaskHandle&& task) {
                            return std::vector{std::move(task)};
                        });
                    },
            },
        .reply = arguments.reply,
    };
}

ExitCode carry_out(const Console& console, Order& order) {
    if (!order.reply) return run(console, order.errand);
    if (*order.reply == "-" && console.output() == Output::Json) {
        console.fail({.code = ErrorCode::InvalidArgument,
                      .message = "--json and --reply=- both write to standard output; name a file",
                      .name = {}});
        return ExitCode::Usage;
    }
    const auto reply = ReplyFile::open(*order.reply);
    if (!reply) return console.fail(reply.error());
    order.errand.on_end = [&](const TaskHandle& task, const TaskDetails& details) {
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
    auto& command = add_command(app, "put", "Upload a file or a form and show the progress");
    add_put_options(command, *arguments);
    on_chosen(command, [arguments, &chosen] {
        auto order = std::make_shared<Order>(to_order(*arguments));
        chosen = [order](const Console& console) { return carry_out(console, *order); };
    });
}

}  // namespace haul::cli
