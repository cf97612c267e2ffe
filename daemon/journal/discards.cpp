#include "journal/discards.hpp"

namespace haul::journal {

Result<Discards> Discards::prepare(Database& database) {
    auto* db = database.handle();
    Discards discards;
    discards.insert_ = TRY(Statement::prepare(db, "INSERT INTO discards(path) VALUES(?) RETURNING id"));
    discards.remove_ = TRY(Statement::prepare(db, "DELETE FROM discards WHERE id=?"));
    discards.all_ = TRY(Statement::prepare(db, "SELECT id,path FROM discards ORDER BY id"));
    return discards;
}

Result<model::DiscardRequest> Discards::insert(const std::string& path) const {
    auto query = insert_.use();
    TRY(query.bind(std::string_view{path}).step());
    model::DiscardRequest request{query.count(0), path};
    TRY(query.step());  // to the end: only then the row is in
    return request;
}

Result<> Discards::remove(std::uint64_t number) const {
    return remove_.use().bind(number).run();
}

Result<std::vector<model::DiscardRequest>> Discards::all() const {
    auto query = all_.use();
    std::vector<model::DiscardRequest> requests;
    while (TRY(query.step())) requests.push_back({query.count(0), query.text(1)});
    return requests;
}

}  // namespace haul::journal
