#pragma once

// Marks what the shared library offers; everything else in it stays hidden.
#if defined(__GNUC__)
#define HAUL_API [[gnu::visibility("default")]]
#else
#define HAUL_API
#endif
