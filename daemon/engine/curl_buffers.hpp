#pragma once

#include <cstddef>
#include <cstdint>

namespace haul::engine {

/// Starts libcurl, once in a process, with an allocator that suits its buffers.
///
/// libcurl fixes a transfer's receive buffer at its start, and a large one costs a quarter less CPU per byte
/// than a small one, but a thousand slow transfers must not hold half a gigabyte. So large blocks are
/// mappings: their pages become memory only as far as the socket fills them in one call, which is the speed
/// of the transfer. `shrink` gives back what a transfer that has become slow no longer fills. Send buffers
/// are such mappings, too, for the sake of WebSockets, which have one each and hardly ever fill it.
void start_libcurl();

/// Bytes that a transfer asks libcurl to receive at once.
inline constexpr std::size_t kReceiveBuffer = 512 * 1024;

/// Likewise, to send.
inline constexpr std::size_t kSendBuffer = 128 * 1024;  // more of it falls out of the processor's cache

enum class Buffer : std::uint8_t { Receive, Send };

/// Gives back the pages behind the first `used` bytes of this thread's buffer that the address lies in;
/// harmless for any other address. What they held is lost: call it only between two reads, or when all that
/// was to be sent is.
void shrink(Buffer which, const char* inside, std::size_t used);

}  // namespace haul::engine
