#pragma once

#include "model/upload.hpp"

/// The vocabulary of draft-ietf-httpbis-resumable-upload in its interop versions: 3 is draft -01, 4 is -02, 5
/// is -03, 6 is -04 and -05, 8 is -09 to -12.
namespace haul::model {

/// Whether a request brings the end of the upload.
enum class Completeness : std::uint8_t { Partial, Complete };

/// Upload-Complete, or what interop version 3 has for it, the inverted Upload-Incomplete.
Header completeness_field(std::uint32_t interop, Completeness completeness);
/// That of an answer; no value where it says nothing, or nothing that can be read.
std::optional<Completeness> completeness_of(std::uint32_t interop, const UploadAnswer& answer);

Header interop_field(std::uint32_t interop);
/// What every request has that creates an upload.
Headers creation_fields(const UploadPlan& plan, Completeness completeness);

/// An Upload-Offset or Upload-Length. No value where there is none, or no number.
std::optional<Bytes> number_field(const UploadAnswer& answer, std::string_view name);

/// The members of Upload-Limit that we heed.
struct UploadLimit {
    std::optional<Bytes> max_size{};
    std::optional<Bytes> max_append{};
    std::optional<Duration> max_age{};
};
UploadLimit parse_upload_limit(std::string_view field);
/// Remembers what an answer says of them. Returns the largest upload that the server takes, where it says so.
std::optional<Bytes> take_limits(const UploadAnswer& answer, UploadState& state);

/// A 104: the URL of the upload resource, limits, and how many of the bytes on their way there are. One with
/// another interop version, or none, is not for us. Whether the state is new.
bool take_interim(const UploadPlan& plan, const UploadAsk& asked, const UploadAnswer& answer,
                  UploadState& state);

}  // namespace haul::model
