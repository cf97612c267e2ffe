#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "base/error.hpp"

namespace haul {

/// A value, or the error that kept us from it.
template <class T = void>
using Result = tl::expected<T, Error>;

/// An error as the result of any function that returns a Result.
inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
    return tl::make_unexpected(Error{code, std::move(message)});
}

namespace detail {
template <class T>
T take(Result<T>& result) {
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}
}  // namespace detail

}  // namespace haul

/// The value of a Result; where it holds an error, returns that from the enclosing function. Not for use
/// inside an initializer list: leaving one in the middle destroys nothing of what it has made already.
#define TRY(expression)                                                             \
    ({                                                                              \
        auto try_result = (expression);                                             \
        if (!try_result) return tl::make_unexpected(std::move(try_result).error()); \
        ::haul::detail::take(try_result);                                           \
    })
