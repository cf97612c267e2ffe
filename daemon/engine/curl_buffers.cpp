#include "engine/curl_buffers.hpp"

#include <curl/curl.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace haul::engine {
namespace {

constexpr std::size_t kLarge = kSendBuffer;  // from here on a block is a mapping
constexpr std::size_t kSpares = 8;           // mappings kept for the next transfers

/// The mappings in use, and some to use again. libcurl allocates from its resolver threads too.
class Mappings {
public:
    void* take(std::size_t size) {
        std::lock_guard lock(mutex_);
        for (auto spare = spares_.begin(); spare != spares_.end(); ++spare) {
            if (spare->second != size) continue;
            auto* start = spare->first;
            spares_.erase(spare);
            return use(start, size);
        }
        void* start = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return start == MAP_FAILED ? nullptr : use(static_cast<char*>(start), size);
    }

    /// False for a block that is none of ours.
    bool give_back(void* block) {
        std::lock_guard lock(mutex_);
        auto found = used_.find(static_cast<char*>(block));
        if (found == used_.end()) return false;
        if (spares_.size() < kSpares)
            spares_.emplace_back(found->first, found->second.size);
        else
            ::munmap(found->first, found->second.size);
        used_.erase(found);
        return true;
    }

    std::size_t size_of(void* block) {
        std::lock_guard lock(mutex_);
        auto found = used_.find(static_cast<char*>(block));
        return found == used_.end() ? 0 : found->second.size;
    }

    void shrink(Buffer which, char* inside, std::size_t used) {
        std::lock_guard lock(mutex_);
        auto found = used_.upper_bound(inside);
        if (found == used_.begin()) return;
        --found;
        auto* start = found->first;
        auto [size, thread] = found->second;
        auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
        auto keep = (used + page - 1) / page * page;
        // What a paused transfer has read is handed over from a block that is then free for anybody.
        bool is_ours = thread == std::this_thread::get_id() && inside < start + size;
        if (is_ours && is_a(which, size) && keep < size) ::madvise(start + keep, size - keep, MADV_DONTNEED);
    }

private:
    struct Mapping {
        std::size_t size = 0;
        std::thread::id thread;  ///< that took it
    };

    static bool is_a(Buffer which, std::size_t size) {
        if (which == Buffer::Send) return size == kSendBuffer;
        return size > kReceiveBuffer && size <= kReceiveBuffer + 64;  // libcurl adds a byte or so
    }

    void* use(char* start, std::size_t size) {
        used_[start] = {size, std::this_thread::get_id()};
        return start;
    }

    std::mutex mutex_;
    std::map<char*, Mapping> used_;
    std::vector<std::pair<char*, std::size_t>> spares_;
};

Mappings& mappings() {
    static Mappings all;
    return all;
}

void* allocate(std::size_t size) noexcept {
    return size >= kLarge ? mappings().take(size) : std::malloc(size);
}

void release(void* block) noexcept {
    if (!block) return;
    // Mappings begin at a page's start, which malloc's blocks hardly ever do: most frees need no lock.
    bool may_be_mapping = reinterpret_cast<std::uintptr_t>(block) % 4096 == 0;
    if (!may_be_mapping || !mappings().give_back(block)) std::free(block);
}

void* reallocate(void* block, std::size_t size) noexcept {
    auto old_size = block ? mappings().size_of(block) : 0;
    if (old_size == 0 && size < kLarge) return std::realloc(block, size);
    void* moved = allocate(size);
    if (!moved) return nullptr;
    if (block) {
        auto known = old_size != 0 ? old_size : malloc_usable_size(block);
        std::memcpy(moved, block, known < size ? known : size);
        release(block);
    }
    return moved;
}

char* duplicate(const char* text) noexcept {
    auto size = std::strlen(text) + 1;
    auto* copy = static_cast<char*>(allocate(size));
    return copy ? static_cast<char*>(std::memcpy(copy, text, size)) : nullptr;
}

void* allocate_zeroed(std::size_t count, std::size_t size) noexcept {
    if (size != 0 && count > SIZE_MAX / size) return nullptr;
    if (count * size < kLarge) return std::calloc(count, size);
    void* block = mappings().take(count * size);
    return block ? std::memset(block, 0, count * size) : nullptr;
}

}  // namespace

void start_libcurl() {
    static const CURLcode started =
        curl_global_init_mem(CURL_GLOBAL_DEFAULT, allocate, release, reallocate, duplicate, allocate_zeroed);
    if (started != CURLE_OK) std::abort();
}

void shrink(Buffer which, const char* inside, std::size_t used) {
    mappings().shrink(which, const_cast<char*>(inside), used);
}

}  // namespace haul::engine
