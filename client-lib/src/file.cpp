#include "haul/file.hpp"

#include <unistd.h>

#include <utility>

namespace haul {

File& File::operator=(File&& other) noexcept {
    File old(std::exchange(descriptor_, other.release()));
    return *this;
}

File::~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

int File::release() {
    return std::exchange(descriptor_, -1);
}

}  // namespace haul
