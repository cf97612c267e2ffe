#include "control/source_desk.hpp"

#include "base/digest.hpp"
#include "base/hex.hpp"
#include "control/upload_terms.hpp"
#include "model/form.hpp"
#include "model/options.hpp"

namespace haul::control {
namespace {

constexpr std::size_t kBoundaryBytes = 16;
constexpr std::size_t kNameBytes = 8;

Error not_yours() {
    return {ErrorCode::NotPermitted,
            "the daemon runs as another user and can't read files in your name: open the file and pass it "
            "with the option file-fd, and set snapshot to copy"};
}

void set_field(Fields& fields, std::string_view key, Value value) {
    std::erase_if(fields, [&](const auto& field) { return field.key == key; });
    fields.push_back({std::string{key}, std::move(value)});
}

}  // namespace

void SourceDesk::prepare(const Caller& caller, std::vector<Order> orders, Then then) {
    auto number = next_++;
    auto& batch = batches_[number];
    batch = {.owner = caller.owner, .requests = {}, .then = std::move(then)};
    for (std::size_t i = 0; i < orders.size() && !batch.failure; ++i) {
        bool needs_source = orders[i].request.kind == "upload" && !orders[i].request.is_known;
        auto pieces = needs_source ? find(caller, orders[i]) : Pieces{};
        batch.requests.push_back(std::move(orders[i].request));
        if (!pieces)
            batch.failure = at(std::move(pieces), i, orders.size()).error();
        else if (*pieces)
            spool(number, i, std::move(**pieces));
    }
    if (batch.waits_for == 0) finish(number);
}

/// Has the storeroom make the source. One that is found already stays behind a reflink that can't be.
void SourceDesk::spool(std::uint64_t number, std::size_t index, std::vector<model::SourcePiece> pieces) {
    auto& batch = batches_[number];
    auto& request = batch.requests[index];
    Bytes bytes = 0;
    for (const auto& piece : pieces) bytes += piece.is_file() ? piece.identity.size : piece.text.size();
    auto most = ledger_.left(batch.owner);
    if (auto reserved = reserve(batch.owner, bytes); !reserved) {
        batch.failure = std::move(reserved).error();
        return;
    }
    ++batch.waits_for;
    bool is_reflink = request.source.has_value();
    copies_[next_] = {number, index, bytes, std::exchange(request.source, std::nullopt)};
    files_.spool({.number = next_++,
                  .target = new_path(),
                  .pieces = std::move(pieces),
                  .most = most,
                  .is_reflink = is_reflink});
}

Result<> SourceDesk::reserve(OwnerId owner, Bytes bytes) {
    if (bytes > ledger_.left(owner))
        return fail(
            ErrorCode::LimitExceeded,
            "a copy of " + std::to_string(bytes) + " bytes does not fit into the " +
                std::to_string(ledger_.most()) +
                " bytes of spool-bytes-per-owner: wait for other uploads to end, or set snapshot to never");
    ledger_.take(owner, bytes);
    return {};
}

Result<SourceDesk::Pieces> SourceDesk::find(const Caller& caller, Order& order) {
    auto options = TRY(model::read_options(order.request.options, model::OptionScope::Task));
    return options.form ? find_form(caller, options, order) : find_file(caller, options, order);
}

Result<SourceDesk::Pieces> SourceDesk::find_file(const Caller& caller, const model::Options& options,
                                                 Order& order) {
    auto& request = order.request;
    auto snapshot = options.snapshot.value_or(model::Snapshot::Auto);
    std::erase_if(request.options, [](const auto& field) { return field.key == "file-fd"; });
    bool is_own = caller.owner == settings_.self;
    UniqueFd fd;
    if (options.file_fd) {
        if (*options.file_fd >= order.descriptors.size())
            return fail(ErrorCode::InvalidArgument, "option \"file-fd\" must be a descriptor (h)");
        fd = std::move(order.descriptors[*options.file_fd]);
    } else if (!is_own) {
        return tl::make_unexpected(not_yours());
    }
    auto found = fd ? files_.look_at_source(fd.get()) : files_.look_at_source(*options.file);
    bool is_later = !fd && options.after && snapshot != model::Snapshot::Copy;
    if (is_later && (found || found.error().code == ErrorCode::SourceUnreadable)) {
        request.source = model::SourceFile{*options.file, {}, false};
        return Pieces{};
    }
    auto source = TRY(std::move(found));
    if (snapshot != model::Snapshot::Copy && (source.path.empty() || !is_own))
        return fail(
            ErrorCode::InvalidArgument,
            "the descriptor's file has no path that the daemon could open it by after a restart: set the "
            "option snapshot to copy");
    bool is_copied = snapshot == model::Snapshot::Copy;
    bool is_reflink = snapshot == model::Snapshot::Auto &&
                      source.identity.size <= ledger_.left(caller.owner) &&
                      files_.may_reflink(source, settings_.spool);
    Pieces pieces;
    if (is_copied || is_reflink) {
        auto& piece = pieces.emplace(1).front();
        piece.path = source.path;
        piece.fd = std::move(fd);
        piece.identity = source.identity;
    }
    if (!is_copied) request.source = std::move(source);
    return pieces;
}

Result<SourceDesk::Pieces> SourceDesk::find_form(const Caller& caller, const model::Options& options,
                                                 Order& order) {
    auto& request = order.request;
    auto form = TRY(
        model::make_form(*options.form, order.descriptors, model::to_boundary(random_bytes(kBoundaryBytes))));
    for (auto& piece : form.pieces) {
        if (!piece.is_file()) continue;
        if (!piece.fd && caller.owner != settings_.self) return tl::make_unexpected(not_yours());
        auto source =
            TRY(piece.fd ? files_.look_at_source(piece.fd.get()) : files_.look_at_source(piece.path));
        piece.identity = source.identity;
    }
    std::erase_if(request.options, [](const auto& field) { return field.key == "form"; });
    set_field(request.options, "content-type", std::move(form.content_type));
    if (!options.method) set_field(request.options, "method", std::string{"POST"});
    return Pieces{std::move(form.pieces)};
}

model::Fact SourceDesk::look_again(const std::string& path, const model::Options& options) const {
    auto source = files_.look_at_source(path);
    if (!source) return model::fact::SourceLacking{.is_final = false, .text = source.error().message};
    if (auto fits = check_parts(options, *source); !fits)
        return model::fact::SourceLacking{.is_final = true, .text = fits.error().message};
    return model::fact::SourceFound{std::move(*source)};
}

void SourceDesk::on_spooled(model::Spooled spooled) {
    auto found = copies_.find(spooled.number);
    if (found == copies_.end()) return;
    auto copy = found->second;
    copies_.erase(found);
    auto& batch = batches_[copy.batch];
    ledger_.give_back(batch.owner, copy.reserved);
    if (spooled.source) {
        ledger_.take(batch.owner, spooled.source->identity.size);
        batch.requests[copy.request].source = std::move(*spooled.source);
    } else if (copy.otherwise && spooled.source.error().code == ErrorCode::NotSupported) {
        batch.requests[copy.request].source = std::move(copy.otherwise);
    } else if (!batch.failure) {
        batch.failure = std::move(spooled.source).error();
    }
    if (--batch.waits_for == 0) finish(copy.batch);
}

void SourceDesk::finish(std::uint64_t number) {
    auto batch = std::move(batches_[number]);
    batches_.erase(number);
    if (!batch.failure) return batch.then(std::move(batch.requests));
    discard(batch.owner, batch.requests);
    batch.then(tl::make_unexpected(std::move(*batch.failure)));
}

void SourceDesk::discard(OwnerId owner, const std::vector<CreateRequest>& requests) {
    for (const auto& request : requests) {
        if (!request.source || !request.source->is_spooled) continue;
        ledger_.give_back(owner, request.source->identity.size);
        files_.discard({.number = 0, .path = request.source->path});
    }
}

std::string SourceDesk::new_path() const {
    return settings_.spool + "/" + to_hex(random_bytes(kNameBytes)) + kSourceSuffix;
}

}  // namespace haul::control
