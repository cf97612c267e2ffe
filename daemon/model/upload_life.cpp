#include "model/upload_life.hpp"

#include "model/limits.hpp"
#include "model/text.hpp"

namespace haul::model {

bool is_unrepeatable(const Task& task, bool may_repeat) {
    bool may_be_there = task.kind == TaskKind::Upload && task.upload.may_be_there;
    return may_be_there && !may_repeat && !has_resource(task.upload);
}

bool would_repeat(const Task& task, fact::Ending ending, bool may_repeat) {
    if (ending == fact::Ending::Final || ending == fact::Ending::Credentials) return false;
    bool is_forgotten = ending == fact::Ending::Refetch && task.upload.may_be_there;
    return is_unrepeatable(task, may_repeat) || (is_forgotten && !may_repeat);
}

std::string unrepeatable_text(const std::string& trouble) {
    constexpr std::string_view kAdvice =
        "; the server may have the upload all the same, and it is not sent twice: look there, or set the "
        "option retry-non-idempotent or the header Idempotency-Key where that does no harm";
    return shorten(trouble, kMaxErrorText - kAdvice.size() - 4) + std::string{kAdvice};
}

std::optional<UploadState> end_upload(Task& task) {
    // What may be complete is no upload any more, but somebody's file: only its client may call it off.
    bool may_be_complete = task.reason == Reason::Incomplete || task.upload.may_be_there;
    bool is_called_off =
        task.state == TaskState::Cancelled || (task.state == TaskState::Failed && !may_be_complete);
    bool is_unfinished = is_called_off && has_resource(task.upload);
    auto before = task.upload;
    task.upload = {.protocol = before.protocol, .offset = before.offset};
    return is_unfinished ? std::optional{std::move(before)} : std::nullopt;
}

}  // namespace haul::model
