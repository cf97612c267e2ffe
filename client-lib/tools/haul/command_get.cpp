#include <memory>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "errand.hpp"
#include "get_arguments.hpp"
#include "haul/client.hpp"
#include "json.hpp"

namespace haul::cli {

namespace {

/// All of the downloads in one commit, or none.
Result<std::vector<TaskHandle>> create_downloads(const SessionHandle& session, const std::vector<Job>& jobs) {
    if (jobs.size() == 1) {
        return session.create_download(jobs.front().request.url, jobs.front().request.options)
            .map([](TaskHandle&& task) { return std::vector{std::move(task)}; });
    }
    std::vector<DownloadRequest> requests;
    requests.reserve(jobs.size());
    for (const auto& job : jobs) requests.push_back(job.request);
    return session.create_downloads(requests);
}

Errand to_errand(std::vector<Job> jobs, const ErrandArguments& arguments) {
    Errand errand{
        .kind = TaskKind::Download, .arguments = arguments, .logins = {}, .reports = {}, .create = {}};
    for (const auto& job : jobs) {
        errand.logins.push_back(job.login);
        errand.reports.push_back(Json{{"destination", job.request.options.destination->string()}});
    }
    errand.create = [jobs = std::move(jobs)](const SessionHandle& session) {
        return create_downloads(session, jobs);
    };
    return errand;
}

}  // namespace

void add_get(CLI::App& app, Command& chosen) {
    auto arguments = std::make_shared<GetArguments>();
    auto& command = add_command(app, "get", "Download files and show their progress");
    add_get_options(command, *arguments);
    on_chosen(command, [arguments, &command, &chosen] {
        auto errand = std::make_shared<Errand>(to_errand(to_jobs(command, *arguments), arguments->errand));
        chosen = [errand](const Console& console) { return run(console, *errand); };
    });
}

}  // namespace haul::cli
