#pragma once

#include "model/upload.hpp"

/// What the protocols have in common: how a state goes on, and how long it may stand still. Each function
/// returns the verdict for a state that it has changed.
namespace haul::model {

inline bool is_success(const UploadAnswer& answer) {
    return answer.status >= 200 && answer.status <= 299;
}

/// The server has everything.
UploadVerdict finish_upload(const UploadPlan& plan, UploadState& state);

/// The server has so many bytes. `sent_from`: where the body began that it answers; no value where it was
/// only asked. An offset beyond the end fails; one that fell back, or that did not move with the bytes that
/// were sent, is a conflict. Bytes that the server never had before end a row of conflicts.
UploadVerdict move_offset(const UploadPlan& plan, UploadState& state, Bytes offset,
                          std::optional<Bytes> sent_from = std::nullopt);

/// An answer that led nowhere: go on, but not for ever. `text` says what the server did.
UploadVerdict count_conflict(UploadState& state, std::string text);
/// Likewise, and the server is asked how far it is.
UploadVerdict find_again(UploadState& state, std::string text);

/// The server knows nothing of the upload resource. Fails where it may have acted on all the bytes already,
/// and must not do that twice.
UploadVerdict begin_anew(const UploadPlan& plan, UploadState& state, const UploadAnswer& answer);

/// A status of an upload resource that its protocol gives no meaning of its own: as judge_status, but 423
/// (another request still has the resource) means later.
UploadVerdict judge_resource_status(const UploadAnswer& answer);

/// "the server answered with status N", and what it says about it.
std::string status_text(const UploadAnswer& answer);

}  // namespace haul::model
