#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "base/unique_fd.hpp"

namespace haul::loop {

/// The only way from one thread to another: a queue of values with a descriptor that is readable while there
/// are any. `post` may be called from every thread, the rest from the one that owns the mailbox.
template <class T>
class Mailbox {
public:
    Mailbox() : bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

    void post(T value) {
        bool first = false;
        {
            std::lock_guard lock(mutex_);
            first = values_.empty();
            values_.push_back(std::move(value));
        }
        if (first) ring();
    }

    /// Everything posted so far, in order.
    std::vector<T> take_all() {
        std::uint64_t rings = 0;
        [[maybe_unused]] auto drained = ::read(bell_.get(), &rings, sizeof rings);
        std::lock_guard lock(mutex_);
        return std::exchange(values_, {});
    }

    /// To be polled for reading.
    int fd() const { return bell_.get(); }

private:
    void ring() {
        std::uint64_t one = 1;
        [[maybe_unused]] auto written = ::write(bell_.get(), &one, sizeof one);
    }

    UniqueFd bell_;
    std::mutex mutex_;
    std::vector<T> values_;
};

}  // namespace haul::loop
