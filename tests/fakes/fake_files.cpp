#include "fakes/fake_files.hpp"

#include <unistd.h>

#include <array>
#include <utility>

namespace haul::fakes {
namespace {

using model::IfExists;
using model::fact::Ending;
using model::fact::Unpublished;

std::string alternative(const std::string& path, int number) {
    return number == 0 ? path : path + " (" + std::to_string(number) + ")";
}

Unpublished lost(const char* text) {
    return {.ending = Ending::DiskFailed, .text = text};
}

bool matches(const FakeDisk::File& file, const Digest& digest) {
    Hasher hasher{digest.algorithm};
    hasher.update(file.content.empty() ? std::string(file.size, 'b') : file.content);
    return hasher.finish() == digest;
}

}  // namespace

void FakeFiles::publish(model::PublishRequest request) {
    on_call();
    publications.push_back(request);
    asked_.emplace_back(std::move(request));
}

void FakeFiles::discard(model::DiscardRequest request) {
    on_call();
    discards.push_back(request);
    asked_.emplace_back(std::move(request));
}

Result<model::Destination> FakeFiles::check_destination(const model::DestinationWish& wish) {
    if (!wish.path.starts_with('/'))
        return fail(ErrorCode::InvalidArgument, "destination is not an absolute path");
    if (wish.path.starts_with("/denied/"))
        return fail(ErrorCode::DestinationDenied, "destination can't be written");
    bool is_directory = wish.path.ends_with('/');
    if (wish.filename && !is_directory)
        return fail(ErrorCode::InvalidArgument, "destination is no directory, and there is a filename");
    if (is_directory && !wish.filename)
        return model::Destination{wish.path, wish.if_exists.value_or(IfExists::Rename)};
    model::Destination destination{wish.path + wish.filename.value_or(""),
                                   wish.if_exists.value_or(IfExists::Fail)};
    if (destination.if_exists == IfExists::Fail && disk_.has(destination.path))
        return fail(ErrorCode::DestinationExists, "destination exists");
    return destination;
}

bool FakeFiles::can_move(const std::string& path, const std::string& directory) {
    return disk_.has(path) && path.starts_with("/other/") == directory.starts_with("/other/");
}

/// A pipe that holds the file's name.
Result<UniqueFd> FakeFiles::open_result(const std::string& path) {
    if (!disk_.has(path)) return fail(ErrorCode::InvalidState, "there is no such file");
    return open_text(path);
}

Result<model::SourceFile> FakeFiles::look_at_source(const std::string& path) {
    auto found = disk_.files.find(path);
    if (found == disk_.files.end()) return fail(ErrorCode::SourceUnreadable, path + " is not there");
    return model::SourceFile{path, {.device = 1, .inode = found->second.inode, .size = found->second.size}};
}

Result<model::SourceFile> FakeFiles::look_at_source(int) {
    return model::SourceFile{"", {.device = 1, .inode = 1, .size = 10}};
}

void FakeFiles::spool(model::SpoolRequest request) {
    on_call();
    Bytes size = 0;
    for (const auto& piece : request.pieces)
        size += piece.is_file() ? piece.identity.size : piece.text.size();
    bool fails = request.is_reflink && clones_fail;
    copies_.emplace_back(request.number, fails ? "" : request.target, size);
    spooled.push_back(std::move(request));
}

std::vector<std::string> FakeFiles::list(const std::string& directory, const std::string& suffix) {
    std::vector<std::string> paths;
    for (const auto& [path, file] : disk_.files)
        if (path.starts_with(directory + "/") && path.ends_with(suffix)) paths.push_back(path);
    return paths;
}

Result<UniqueFd> FakeFiles::open_text(const std::string& path) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return fail(ErrorCode::InvalidState, "no pipe");
    UniqueFd reader{ends[0]};
    UniqueFd writer{ends[1]};
    if (::write(writer.get(), path.data(), path.size()) < 0) return fail(ErrorCode::InvalidState, "no room");
    return reader;
}

bool FakeFiles::deliver() {
    auto copies = std::exchange(copies_, {});
    for (const auto& [number, target, size] : copies) {
        if (target.empty()) {
            sink_(model::Spooled{number, fail(ErrorCode::NotSupported, "no reflinks here")});
            continue;
        }
        disk_.open(target).size = size;
        auto source = look_at_source(target);
        source->is_spooled = true;
        sink_(model::Spooled{number, std::move(source)});
    }
    auto asked = std::exchange(asked_, {});
    for (const auto& request : asked)
        if (const auto* publication = std::get_if<model::PublishRequest>(&request)) {
            sink_(ports::FileReport{publication->task, publication->attempt, serve(*publication)});
        } else {
            const auto& discard = std::get<model::DiscardRequest>(request);
            disk_.files.erase(discard.path);
            sink_(ports::Discarded{discard.number});
        }
    return !asked.empty() || !copies.empty();
}

model::Fact FakeFiles::serve(const model::PublishRequest& request) {
    auto part = disk_.files.find(request.part.path);
    if (part != disk_.files.end())
        for (const auto& digest : request.digests)
            if (!matches(part->second, digest))
                return Unpublished{.ending = Ending::Final,
                                   .reason = model::Reason::Checksum,
                                   .text = "expected " + to_text(digest)};
    for (int number = 0;; ++number) {
        auto name = alternative(request.destination, number);
        auto there = disk_.files.find(name);
        bool is_free = there == disk_.files.end();
        if (part == disk_.files.end()) {
            if (is_free) return lost("the part file is gone");
            if (there->second.inode == request.inode) return model::fact::Published{name};
        } else if (is_free || request.if_exists == IfExists::Replace) {
            if (part->second.inode != request.inode || part->second.size != request.size)
                return lost("the part file lost bytes");
            disk_.files[name] = part->second;
            disk_.files.erase(part);
            return model::fact::Published{name};
        }
        if (request.if_exists != IfExists::Rename) {
            if (part == disk_.files.end()) return lost("the part file is gone");
            return Unpublished{.ending = Ending::Final, .text = "the destination exists"};
        }
    }
}

}  // namespace haul::fakes
