#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/units.hpp"
#include "model/challenge.hpp"
#include "model/coverage.hpp"
#include "model/header.hpp"
#include "model/task.hpp"

/// Uploads as values: what is known, what to ask next, what an answer means. The protocols that let an upload
/// go on after an interruption stand beside each other in upload_*.cpp.
namespace haul::model {

/// What an upload's task knows that its row does not say: the same in each of its attempts.
struct UploadPlan {
    std::string url;     ///< the task's own
    std::string method;  ///< of the request that the client wants made
    Bytes size = 0;      ///< of the body
    std::string content_type{};
    std::string filename{};                         ///< of the source, for servers that want to know it
    std::map<std::string, std::string> metadata{};  ///< Tus: what Upload-Metadata says besides
    std::uint32_t interop = 8;                      ///< Ietf: the draft's interop version
    std::vector<std::string> parts{};               ///< S3: the URL of each part, in order; secrets
    Bytes part_size = 0;                            ///< S3: of each part but the last
    std::string abort_url{};                        ///< S3: what takes the upload back; "" = not known
    bool may_repeat = false;  ///< whether the server may be asked again for what it may have done already
};

/// One request of an upload.
struct UploadAsk {
    enum class Kind : std::uint8_t {
        Discover,  ///< what the server can do
        Create,    ///< makes the upload resource, or is all that there is
        Find,      ///< how far the server is
        Append,    ///< brings bytes
        Finish,    ///< all bytes are there
        Farewell,  ///< forgets the upload resource
    };
    Kind kind{};
    std::string method;
    std::string url;             ///< absolute
    Headers fields{};            ///< beside those that the client set
    std::optional<Span> body{};  ///< of the source; none: no body, or `content`
    std::string content{};       ///< a body that is not from the source
    bool is_last = false;        ///< whether the server may act on what it has when it has this
    bool is_direct = false;      ///< whether a 3xx is an answer, and no redirect
    std::uint32_t part = 0;      ///< S3: which one, from 0
    std::string checksum{};      ///< Tus: the function whose value of the body Upload-Checksum has to name
};

/// The answer to it. Interim ones (1xx) come likewise.
struct UploadAnswer {
    std::uint16_t status = 0;
    Headers fields{};
    std::string location{};  ///< absolute; "" = none, or one that may not be followed
    std::string body{};      ///< as much of it as is kept
    WallTime now;

    /// A field's value; "" where there is none, or where it comes twice with different values.
    std::string_view field(std::string_view name) const;
};

/// What follows from an answer.
struct UploadVerdict {
    enum class Kind : std::uint8_t {
        GoOn,         ///< the state is new: ask what comes next
        Done,         ///< the server has everything; the answer is the task's
        Retry,        ///< later, and first how far the server is
        Anew,         ///< the server knows nothing of the upload: begin again
        Credentials,  ///< the server or a proxy wants to know who asks
        Failed,       ///< it will not go better another time
    };
    Kind kind{};
    Reason reason = Reason::None;
    std::string text{};  ///< for people, where something is wrong
};

/// A protocol: what to ask and what answers mean. Stateless, and shared by all uploads.
class UploadStrategy {
public:
    virtual ~UploadStrategy() = default;

    /// What to ask now. `is_known`: whether `state.offset` is what the server has, with nothing under way; of
    /// a new upload the 0 is known until its first request begins.
    /// `busy`: parts that other connections bring just now. No value: nothing beside what is under way.
    virtual std::optional<UploadAsk> next(const UploadPlan& plan, const UploadState& state, bool is_known,
                                          const std::vector<std::uint32_t>& busy) const = 0;
    /// An interim answer, while the body may still be on its way. Whether the state is new.
    virtual bool on_interim(const UploadPlan& plan, const UploadAsk& asked, const UploadAnswer& answer,
                            UploadState& state) const;
    /// The final answer. It never comes for a request that was cut off; then `next` is asked with an unknown
    /// offset.
    virtual UploadVerdict judge(const UploadPlan& plan, const UploadAsk& asked, const UploadAnswer& answer,
                                UploadState& state) const = 0;
    /// What tells the server to forget the upload; no value where there is nothing to forget.
    virtual std::optional<UploadAsk> farewell(const UploadPlan& plan, const UploadState& state) const;
    /// How many connections may work for one upload at the same time.
    virtual bool is_parallel() const { return false; }
};

/// The strategy of a protocol; it lives as long as the program.
const UploadStrategy& strategy_of(UploadProtocol protocol);

/// Answers in a row that may lead nowhere (409, an offset that stands still) before an upload fails.
inline constexpr std::uint32_t kMaxUploadConflicts = 8;

// For the strategies.

/// A status that no protocol gives a meaning of its own: credentials, come back later, or failed. `text` for
/// people has the problem document's title and detail (RFC 9457), where the answer's body is one.
UploadVerdict judge_status(const UploadAnswer& answer);
UploadVerdict fail_upload(Reason reason, std::string text);

}  // namespace haul::model
