#pragma once

#include <memory>
#include <utility>

namespace haul {

template <class Signature>
class UniqueFunction;

/// A callable that can be moved but not copied, for closures that own replies and descriptors
/// (C++23's std::move_only_function).
template <class R, class... Args>
class UniqueFunction<R(Args...)> {
public:
    UniqueFunction() = default;
    template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, UniqueFunction>)
        UniqueFunction(F&& callable)  // NOLINT(google-explicit-constructor): made from lambdas
        : target_(std::make_unique<Target<std::remove_cvref_t<F>>>(std::forward<F>(callable))) {}

    R operator()(Args... args) { return target_->call(std::forward<Args>(args)...); }
    explicit operator bool() const { return target_ != nullptr; }

private:
    struct Callable {
        virtual ~Callable() = default;
        virtual R call(Args... args) = 0;
    };
    template <class F>
    struct Target final : Callable {
        explicit Target(F&& callable) : callable_(std::move(callable)) {}
        explicit Target(const F& callable) : callable_(callable) {}
        R call(Args... args) override { return callable_(std::forward<Args>(args)...); }
        F callable_;
    };

    std::unique_ptr<Callable> target_;
};

}  // namespace haul
