#pragma once

#include <string>
#include <vector>

#include "control/caller.hpp"
#include "control/create_request.hpp"
#include "control/scheduler.hpp"
#include "control/session_book.hpp"
#include "control/settings.hpp"
#include "control/task_life.hpp"
#include "control/turn.hpp"
#include "journal/journal.hpp"
#include "model/options.hpp"
#include "model/url.hpp"
#include "ports/clock.hpp"
#include "ports/files.hpp"

namespace haul::control {

/// Checks requests for new tasks and writes them into the journal.
class Creation {
public:
    Creation(journal::Journal& journal, Turn& turn, Scheduler& scheduler, SessionBook& book, TaskLife& life,
             ChainDesk& chains, ports::Files& files, ports::Clock& clock, const Settings& settings)
        : journal_(journal),
          turn_(turn),
          scheduler_(scheduler),
          book_(book),
          life_(life),
          chains_(chains),
          files_(files),
          clock_(clock),
          settings_(settings) {}

    /// The first free task id; to be called once, when the daemon starts.
    Result<> load();

    /// Whether they could be made, as far as that is known before the sources of uploads are found. Notes
    /// which ones are tasks already.
    Result<> check(const Caller& caller, const Session& session, std::vector<CreateRequest>& requests) const;
    /// All of them, or none: the error names the first that could not be. A token that the session knows
    /// already gives its task again.
    Result<std::vector<TaskId>> create(const Caller& caller, Session& session,
                                       const std::vector<CreateRequest>& requests);

    /// The URL of a task of this kind, taken apart. Errors: InvalidArgument.
    static Result<model::Url> parse_url(model::TaskKind kind, const std::string& url);
    /// Whether the caller may have a file there; "" is the spool. Errors: InvalidArgument, DestinationDenied,
    /// DestinationExists.
    Result<model::Destination> check_destination(const Caller& caller,
                                                 const model::DestinationWish& wish) const;
    /// Whether the caller may have the daemon read the files that these options name. Errors: NotPermitted.
    Result<> check_files(const Caller& caller, const model::Options& options) const;

private:
    struct Draft {
        model::Task task;  ///< with an id already where the token is known
        model::Secrets secrets;
        ChainDesk::Ids after;                    ///< tasks that must have finished before
        std::optional<model::Task> predecessor;  ///< whose bytes it continues
    };

    Result<std::vector<Draft>> draft_all(const Caller& caller, const Session& session,
                                         const std::vector<CreateRequest>& requests) const;
    Result<> fill_download(const Caller& caller, const model::Options& options, Draft& draft) const;
    Result<Draft> draft(const Caller& caller, const Session& session, const CreateRequest& request,
                        const model::Options& defaults) const;
    Result<TaskId> write(Session& session, Draft& draft);
    Result<model::Task> find_predecessor(const Caller& caller, const model::Options& options,
                                         std::string& url) const;
    Result<> inherit(Draft& draft) const;

    journal::Journal& journal_;
    Turn& turn_;
    Scheduler& scheduler_;
    SessionBook& book_;
    TaskLife& life_;
    ChainDesk& chains_;
    ports::Files& files_;
    ports::Clock& clock_;
    const Settings& settings_;
    TaskId next_id_;
};

}  // namespace haul::control
