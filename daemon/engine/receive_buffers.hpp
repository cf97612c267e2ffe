#pragma once

#include <cstddef>

namespace haul::engine {

/// Starts libcurl, once in a process, with an allocator that suits its receive buffers.
///
/// libcurl fixes a transfer's receive buffer at its start, and a large one costs a quarter less CPU per byte
/// than a small one, but a thousand slow transfers must not hold half a gigabyte. So large blocks are
/// mappings: their pages become memory only as far as the socket fills them in one call, which is the speed
/// of the transfer. `shrink` gives back what a transfer that has become slow no longer fills.
void start_libcurl();

/// Bytes that a transfer asks libcurl to receive at once.
inline constexpr std::size_t kReceiveBuffer = 512 * 1024;

/// Gives back the pages behind the first `used` bytes of the receive buffer that this address lies in;
/// harmless for any other address. What they held is lost: call it only between two reads.
void shrink(const char* inside, std::size_t used);

}  // namespace haul::engine
