#include "engine/receive_buffers.hpp"

#include <curl/curl.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

namespace haul::engine {
namespace {

constexpr std::size_t kLarge = 256 * 1024;  // from here on a block is a mapping
constexpr std::size_t kSpares = 8;          // mappings kept for the next transfers

/// The mappings in use, and some to use again. libcurl allocates from its resolver threads too.
class Mappings {
public:
    void* take(std::size_t size) {
        std::lock_guard lock(mutex_);
        for (auto spare = spares_.begin(); spare != spares_.end(); ++spare) {
            if (spare->second != size) continue;
            auto* start = spare->first;
            spares_.erase(spare);
            used_[start] = size;
            return start;
        }
        void* start = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (start == MAP_FAILED) return nullptr;
        used_[static_cast<char*>(start)] = size;
        return start;
    }

    /// False for a block that is none of ours.
    bool give_back(void* block) {
        std::lock_guard lock(mutex_);
        auto found = used_.find(static_cast<char*>(block));
        if (found == used_.end()) return false;
        if (spares_.size() < kSpares)
            spares_.emplace_back(found->first, found->second);
        else
            ::munmap(found->first, found->second);
        used_.erase(found);
        return true;
    }

    std::size_t size_of(void* block) {
        std::lock_guard lock(mutex_);
        auto found = used_.find(static_cast<char*>(block));
        return found == used_.end() ? 0 : found->second;
    }

    void shrink(char* inside, std::size_t used) {
        std::lock_guard lock(mutex_);
        auto found = used_.upper_bound(inside);
        if (found == used_.begin()) return;
        --found;
        auto [start, size] = *found;
        auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
        auto keep = (used + page - 1) / page * page;
        bool is_receive_buffer =
            size >= kReceiveBuffer && size <= kReceiveBuffer + 64;  // libcurl adds a byte or so
        if (is_receive_buffer && inside < start + size && keep < size)
            ::madvise(start + keep, size - keep, MADV_DONTNEED);
    }

private:
    std::mutex mutex_;
    std::map<char*, std::size_t> used_;
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

void shrink(const char* inside, std::size_t used) {
    mappings().shrink(const_cast<char*>(inside), used);
}

}  // namespace haul::engine
