#pragma once

#include <curl/curl.h>

namespace haul::engine {

/// The sockets of connections that requests have gone over, by their local port: libcurl names a connection's
/// ports before it sends a request on it, but not its socket. The engine's thread alone.
namespace idle_sockets {

/// The handle's request is over: remembers the socket of its connection.
void remember(CURL* easy);
/// Whether bytes wait on the connection with this local port. False where its socket is not known.
bool has_bytes(int local_port);

}  // namespace idle_sockets

}  // namespace haul::engine
