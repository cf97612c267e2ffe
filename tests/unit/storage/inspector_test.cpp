#include "storage/inspector.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <condition_variable>
#include <mutex>

#include "unit/storage/patience.hpp"
#include "unit/temp_dir.hpp"

namespace haul::storage {
namespace {

using model::Reason;
using model::fact::Ending;

Digest digest_of(std::string_view bytes, DigestAlgorithm algorithm = DigestAlgorithm::Sha256) {
    Hasher hasher{algorithm};
    hasher.update(bytes);
    return hasher.finish();
}

/// Gathers inspections, on the inspector's thread.
class Inspections {
public:
    Inspector::Sink sink() {
        return [this](Inspection inspection) {
            std::lock_guard lock(mutex_);
            inspections_.push_back(std::move(inspection));
            grown_.notify_all();
        };
    }
    std::vector<Inspection> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(grown_.wait_for(lock, kPatience, [&] { return inspections_.size() >= count; }));
        return std::exchange(inspections_, {});
    }

private:
    std::mutex mutex_;
    std::condition_variable grown_;
    std::vector<Inspection> inspections_;
};

class InspectorTest : public testing::Test {
protected:
    model::PublishRequest request(const std::string& name, std::vector<Digest> digests) {
        return {.task = {1},
                .attempt = {1},
                .part = {.path = dir_ / name},
                .destination = dir_ / "file",
                .digests = std::move(digests)};
    }
    Inspection inspect(const model::PublishRequest& asked) {
        Inspector inspector{inspections_.sink()};
        inspector.inspect(asked);
        auto all = inspections_.wait_for(1);
        return all.size() == 1 ? std::move(all.front()) : throw std::runtime_error("no inspection");
    }

    TempDir dir_;
    Inspections inspections_;
};

TEST_F(InspectorTest, BytesWithTheirDigestsAreSound) {
    auto content = std::string(3 * 1024 * 1024 + 7, 'x');
    write_file(dir_ / "p", content);
    auto inspection =
        inspect(request("p", {digest_of(content), digest_of(content, DigestAlgorithm::Sha512)}));
    EXPECT_FALSE(inspection.fault);
    EXPECT_TRUE(inspection.request.digests.empty()) << "they are known now";
    EXPECT_EQ(inspection.request.part.path, dir_ / "p");
}

TEST_F(InspectorTest, OtherBytesAreAFinalFaultThatNamesBothDigests) {
    write_file(dir_ / "p", "content");
    auto inspection = inspect(request("p", {digest_of("content"), digest_of("something else")}));
    ASSERT_TRUE(inspection.fault);
    EXPECT_EQ(inspection.fault->ending, Ending::Final);
    EXPECT_EQ(inspection.fault->reason, Reason::Checksum);
    for (const auto& digest : {digest_of("content"), digest_of("something else")})
        EXPECT_NE(inspection.fault->text.find(to_text(digest)), std::string::npos) << inspection.fault->text;
}

TEST_F(InspectorTest, MissingFileIsForThePublicationToJudge) {
    auto inspection = inspect(request("none", {digest_of("content")}));
    EXPECT_FALSE(inspection.fault);
}

TEST_F(InspectorTest, BytesThatCannotBeReadAreTrouble) {
    std::filesystem::create_directory(dir_ / "p");  // it opens, and reading it fails
    auto inspection = inspect(request("p", {digest_of("content")}));
    ASSERT_TRUE(inspection.fault);
    EXPECT_NE(inspection.fault->reason, Reason::Checksum);
    EXPECT_NE(inspection.fault->text.find(dir_ / "p"), std::string::npos) << inspection.fault->text;
}

TEST_F(InspectorTest, LooksAtOneAfterAnother) {
    write_file(dir_ / "good", "content");
    write_file(dir_ / "bad", "CONTENT");
    Inspector inspector{inspections_.sink()};
    for (int i = 0; i < 10; ++i)
        inspector.inspect(request(i % 2 == 0 ? "good" : "bad", {digest_of("content")}));
    auto all = inspections_.wait_for(10);
    ASSERT_EQ(all.size(), 10U);
    for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(all[i].fault.has_value(), i % 2 == 1) << i;
}

TEST_F(InspectorTest, BreaksOffWhenItHasToGo) {
    // So many terabytes that only breaking off lets this test end; a hole takes no room.
    write_file(dir_ / "p", "");
    ASSERT_EQ(::truncate((dir_ / "p").c_str(), off_t{1} << 42U), 0);
    int told = 0;
    {
        Inspector inspector{[&](const Inspection&) { ++told; }};
        for (int i = 0; i < 3; ++i) inspector.inspect(request("p", {digest_of("content")}));
    }
    EXPECT_EQ(told, 0) << "an inspection that was broken off tells nothing";
}

}  // namespace
}  // namespace haul::storage
