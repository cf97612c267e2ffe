#pragma once

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "unit/model/upload_talk.hpp"

/// Servers that keep to the protocols, as values.
namespace haul::model {

class UploadServer {
public:
    explicit UploadServer(UploadPlan plan) : plan(std::move(plan)) {}
    virtual ~UploadServer() = default;

    /// What it says when it has seen the head of a request.
    virtual std::optional<UploadAnswer> greet(const UploadAsk&) { return std::nullopt; }
    /// As much of a request as came; the answer is for a whole one.
    virtual UploadAnswer take(const UploadAsk& ask, std::string_view body, bool is_whole) = 0;
    /// Loses what it has of unfinished uploads.
    virtual void forget() { resources.clear(); }

    UploadPlan plan;
    std::optional<std::string> result;  ///< the bytes of an upload that it called complete

protected:
    std::string make() {
        auto url = "http://h/u/" + std::to_string(++made_);
        resources[url] = "";
        return url;
    }
    std::string* find(const std::string& url) {
        auto found = resources.find(url);
        return found == resources.end() ? nullptr : &found->second;
    }
    static std::string text(Bytes number) { return std::to_string(number); }

    std::map<std::string, std::string> resources;  ///< the bytes that there are, by URL

private:
    int made_ = 0;
};

/// The draft, in each interop version; it takes up offers where `is_able`.
class IetfServer final : public UploadServer {
public:
    using UploadServer::UploadServer;
    bool is_able = true;
    bool tells_offsets = true;
    Bytes max_append = 1000;

    std::optional<UploadAnswer> greet(const UploadAsk& ask) override {
        if (ask.kind != AskKind::Create || !is_able) return std::nullopt;
        current_ = make();
        return answer_of(104, {{"Upload-Draft-Interop-Version", text(plan.interop)}}, current_);
    }

    UploadAnswer take(const UploadAsk& ask, std::string_view body, bool is_whole) override {
        if (ask.kind == AskKind::Create && !is_able) {
            if (is_whole) result = body;
            return answer_of(200);
        }
        auto url = ask.kind == AskKind::Create ? current_ : ask.url;
        auto* bytes = find(url);
        if (!bytes) return answer_of(404);
        if (ask.kind == AskKind::Find) return tell(204, url, *bytes);
        if (ask.kind != AskKind::Create) {
            if (field_of(ask, "Upload-Offset") != text(bytes->size()) || complete_.count(url) != 0)
                return answer_of(409, {{"Upload-Offset", text(bytes->size())}});
            if (body.size() > max_append) return answer_of(413, {limit()});
        }
        *bytes += body;
        if (is_whole && says_complete(ask)) {
            complete_.insert(url);
            result = *bytes;
        }
        auto answer = tell(ask.kind == AskKind::Create ? 201 : 200, url, *bytes);
        answer.location = ask.kind == AskKind::Create ? url : "";
        return answer;
    }

private:
    Header limit() const { return {"Upload-Limit", "max-append-size=" + text(max_append)}; }
    bool says_complete(const UploadAsk& ask) const {
        return plan.interop == 3 ? field_of(ask, "Upload-Incomplete") == "?0"
                                 : field_of(ask, "Upload-Complete") == "?1";
    }
    UploadAnswer tell(std::uint16_t status, const std::string& url, const std::string& bytes) const {
        bool is_complete = complete_.count(url) != 0;
        Headers fields{limit()};
        if (plan.interop == 3)
            fields.push_back({"Upload-Incomplete", is_complete ? "?0" : "?1"});
        else
            fields.push_back({"Upload-Complete", is_complete ? "?1" : "?0"});
        if (tells_offsets || status == 204) fields.push_back({"Upload-Offset", text(bytes.size())});
        return answer_of(status, std::move(fields));
    }

    std::string current_;
    std::set<std::string> complete_;
};

class TusServer final : public UploadServer {
public:
    using UploadServer::UploadServer;
    bool has_checksums = false;

    UploadAnswer take(const UploadAsk& ask, std::string_view body, bool is_whole) override {
        if (ask.kind == AskKind::Discover)
            return answer_of(204, {{"Tus-Extension", has_checksums ? "creation,checksum" : "creation"},
                                   {"Tus-Checksum-Algorithm", "sha1"}});
        if (ask.kind == AskKind::Create) {
            auto url = make();
            if (plan.size == 0) result = "";
            return answer_of(201, {}, url);
        }
        auto* bytes = find(ask.url);
        if (!bytes) return answer_of(404);
        if (ask.kind == AskKind::Append) {
            if (field_of(ask, "Upload-Offset") != text(bytes->size())) return answer_of(409);
            // What can't be checked is thrown away.
            if (ask.checksum.empty() || is_whole) *bytes += body;
            if (bytes->size() == plan.size) result = *bytes;
        }
        return answer_of(204, {{"Upload-Offset", text(bytes->size())}});
    }
};

/// Takes no more than `most` bytes of a request, as those do that write whole blocks.
class SessionServer final : public UploadServer {
public:
    using UploadServer::UploadServer;
    Bytes most = 1000;

    UploadAnswer take(const UploadAsk& ask, std::string_view body, bool) override {
        if (ask.kind == AskKind::Create) return answer_of(200, {}, make());
        auto* bytes = find(ask.url);
        if (!bytes) return answer_of(404);
        auto range = field_of(ask, "Content-Range");
        if (ask.body &&
            range != "bytes " + text(bytes->size()) + "-" + text(plan.size - 1) + "/" + text(plan.size))
            return answer_of(400);
        *bytes += body.substr(0, most);
        if (bytes->size() == plan.size) {
            result = *bytes;
            return answer_of(201);
        }
        auto answer = answer_of(308);
        if (!bytes->empty()) answer.fields.push_back({"Range", "bytes=0-" + text(bytes->size() - 1)});
        return answer;
    }
};

class S3Server final : public UploadServer {
public:
    using UploadServer::UploadServer;

    UploadAnswer take(const UploadAsk& ask, std::string_view body, bool is_whole) override {
        if (is_done_) {
            auto gone = answer_of(404);
            gone.body = "<Error><Code>NoSuchUpload</Code></Error>";
            return gone;
        }
        if (!is_whole) return answer_of(400);
        if (ask.kind == AskKind::Append) {
            parts_[ask.part] = body;
            return answer_of(200, {{"ETag", "\"" + text(ask.part) + "\""}});
        }
        std::string whole;
        for (const auto& [part, bytes] : parts_) {
            if (body.find("<ETag>&quot;" + text(part) + "&quot;</ETag>") == body.npos) return answer_of(400);
            whole += bytes;
        }
        result = std::move(whole);
        is_done_ = true;
        return answer_of(200);
    }
    void forget() override {}

private:
    std::map<std::uint32_t, std::string> parts_;
    bool is_done_ = false;
};

}  // namespace haul::model
