#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/request.hpp"
#include "storage/part_file.hpp"

namespace haul::storage {

/// How one of a group of publications went: the path that the file has got, or what kept it from it.
using Publication = Outcome<std::string>;

/// Publishes part files as a group: all are synced, each is renamed, each directory is synced. In this order,
/// so that nothing that is not durable ever has a final name. A request whose file has its final name
/// already, from before a crash, is done. `default_mode` is for files that ask for none.
std::vector<Publication> publish(std::span<const model::PublishRequest> requests, std::uint32_t default_mode);

}  // namespace haul::storage
