#include "engine/engine.hpp"

#include "engine/curl_buffers.hpp"

namespace haul::engine {

Engine::Engine(ports::TransferSink sink, storage::Storeroom& storeroom, const EngineSettings& settings)
    : worker_((start_libcurl(), std::move(sink)), storeroom, settings), thread_([this] { worker_.run(); }) {}

Engine::~Engine() {
    worker_.post(Quit{});
    thread_.join();
}

void Engine::start(model::TransferRequest request) {
    worker_.post(Start{std::move(request)});
}

void Engine::proceed(TaskId task, Attempt attempt) {
    worker_.post(Proceed{task, attempt});
}

void Engine::stop(TaskId task, Attempt attempt) {
    worker_.post(Stop{task, attempt});
}

void Engine::forget(model::TransferRequest request) {
    worker_.post(Forget{std::move(request)});
}

void Engine::set_rates(model::Rates rates) {
    worker_.post(SetRates{std::move(rates)});
}

void Engine::set_connections_per_host(std::uint64_t most) {
    worker_.post(SetConnections{most});
}

}  // namespace haul::engine
