#pragma once

#include "haul/export.hpp"

namespace haul {

/// Owns a file descriptor.
class HAUL_API File {
public:
    File() = default;
    explicit File(int descriptor) : descriptor_(descriptor) {}
    File(File&& other) noexcept : descriptor_(other.release()) {}
    File& operator=(File&& other) noexcept;
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File();

    /// The descriptor, or -1; it stays this object's.
    int get() const { return descriptor_; }

    /// Gives the descriptor away; the caller closes it.
    int release();

private:
    int descriptor_ = -1;
};

}  // namespace haul
