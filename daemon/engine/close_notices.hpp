#pragma once

struct ssl_ctx_st;
struct ssl_st;

namespace haul::engine {

/// Which TLS connections their peers have ended properly, with close_notify (RFC 8446, 6.1). A body that only
/// the end of the connection ends is whole only then (RFC 9112, 9.8), and libcurl does not tell. The engine's
/// thread alone.
namespace close_notices {

/// Watches the connections that are made with this context.
void watch(ssl_ctx_st* context);
/// Whether this connection's close_notify has come. It may be closed already: only its address counts.
bool has(const ssl_st* session);

}  // namespace close_notices

}  // namespace haul::engine
