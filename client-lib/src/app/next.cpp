#include "haul/next.hpp"

#include "app/slot.hpp"
#include "haul/session.hpp"
#include "haul/task.hpp"
#include "haul/web_socket_task.hpp"

namespace haul {

template <typename T>
Next<T>::Next(std::shared_ptr<detail::Slot<T>> slot, std::stop_token stop)
    : slot_(std::move(slot)), stop_(std::move(stop)) {}

template <typename T>
Next<T>::~Next() {
    slot_->forget();
}

template <typename T>
bool Next<T>::await_suspend(std::coroutine_handle<> coroutine) {
    if (stop_.stop_possible()) on_stop_.emplace(stop_, [slot = slot_] { slot->interrupt(); });
    return slot_->wait(coroutine);
}

template <typename T>
std::optional<T> Next<T>::await_resume() {
    on_stop_.reset();
    return slot_->take();
}

template class Next<Delivery>;
template class Next<Progress>;
template class Next<Result<Ending>>;
template class Next<Result<std::chrono::microseconds>>;
template class Next<WebSocketEvent>;

}  // namespace haul
