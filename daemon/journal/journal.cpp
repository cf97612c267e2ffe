#include "journal/journal.hpp"

#include <random>

#include "base/digest.hpp"
#include "journal/salvage.hpp"

namespace haul::journal {
namespace {

Result<std::string> instance_of(const Meta& meta) {
    auto instance = TRY(meta.get("instance"));
    if (!instance.empty()) return instance;
    std::random_device random;
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (int i = 0; i < 8; ++i) instance.push_back(kDigits[random() % kDigits.size()]);
    TRY(meta.set("instance", instance));
    return instance;
}

Result<std::string> seal_key_of(const Meta& meta) {
    constexpr std::size_t kKeySize = 32;
    auto key = TRY(meta.get("seal-key"));
    if (key.size() == kKeySize) return key;
    key = random_bytes(kKeySize);
    TRY(meta.set("seal-key", key));
    return key;
}

Result<Journal> prepare(Database database, std::string notice) {
    auto sessions = TRY(Sessions::prepare(database));
    auto tasks = TRY(Tasks::prepare(database));
    auto secrets = TRY(SecretTable::prepare(database));
    auto metrics = TRY(Metrics::prepare(database));
    auto replies = TRY(Replies::prepare(database));
    auto outbox = TRY(Outbox::prepare(database));
    auto chains = TRY(Chains::prepare(database));
    auto limits = TRY(LimitTable::prepare(database));
    auto events = TRY(Events::prepare(database));
    auto wakes = TRY(Wakes::prepare(database));
    auto discards = TRY(Discards::prepare(database));
    auto meta = TRY(Meta::prepare(database));
    auto instance = TRY(instance_of(meta));
    auto seal_key = TRY(seal_key_of(meta));
    return Journal{std::move(database), std::move(sessions), std::move(tasks),    std::move(secrets),
                   std::move(metrics),  std::move(replies),  std::move(outbox),   std::move(chains),
                   std::move(limits),   std::move(events),   std::move(wakes),    std::move(discards),
                   std::move(meta),     std::move(instance), std::move(seal_key), std::move(notice)};
}

}  // namespace

tl::expected<Journal, OpenError> Journal::open(const std::string& path) {
    if (auto finished = finish_salvage(path); !finished) return tl::make_unexpected(finished.error());
    std::string notice;
    auto database = Database::open(path);
    if (!database && database.error().trouble == OpenTrouble::Corrupt) {
        auto salvaged = salvage(path, database.error().message);
        if (!salvaged) return tl::make_unexpected(salvaged.error());
        notice = std::move(*salvaged);
        database = Database::open(path);
    }
    if (!database) return tl::make_unexpected(std::move(database).error());
    auto journal = prepare(std::move(*database), std::move(notice));
    if (!journal) return tl::make_unexpected(OpenError{OpenTrouble::Unusable, journal.error().message});
    return std::move(*journal);
}

}  // namespace haul::journal
