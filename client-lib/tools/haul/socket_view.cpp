#include "socket_view.hpp"

#include <chrono>
#include <cstdint>
#include <iostream>
#include <utility>
#include <vector>

#include "json.hpp"
#include "sentences.hpp"
#include "terminal_text.hpp"

namespace haul::cli {

namespace {

using Type = ChannelMessage::Type;

std::string sentence_of(const Closed& closed) {
    if (closed.code == CloseCode::Lost) return "the connection is lost";
    return "closed with " + to_string(closed.code) + (closed.reason.empty() ? "" : ": " + closed.reason);
}

/// What all views for people say beside the messages.
class TextView : public SocketView {
public:
    TextView(const Console& console, Talk talk) : console_(console), talk_(talk) {}

    void show_opened(const std::string& subprotocol) override {
        tell(Talk::Usual, "connected" + (subprotocol.empty() ? "" : ", subprotocol " + subprotocol));
    }
    void show_closed(const Closed& closed) override {
        const bool is_lost = closed.code == CloseCode::Lost;
        tell(is_lost ? Talk::Troubles : Talk::Usual, sentence_of(closed));
    }
    void show_standstill(const std::string& why) override {
        tell(Talk::Troubles, "not connected: " + why + "; it is tried again");
    }
    void show_end(const TaskDetails& details) override {
        if (details.state != TaskState::Finished) console_.note(ending(details));
    }

protected:
    const Console& console() const { return console_; }

private:
    void tell(Talk least, const std::string& line) const {
        if (talk_ >= least) console_.note(line);
    }

    const Console& console_;
    Talk talk_;
};

class LinesView : public TextView {
public:
    using TextView::TextView;

    void show_message(const ChannelMessage& message) override {
        if (message.type == Type::Binary)
            console().note("a binary message of " + std::to_string(message.bytes.size()) +
                           " bytes is left out; --binary writes them");
        else
            show_text(message.bytes);
    }

protected:
    virtual void show_text(std::string_view text) const { std::cout << text << '\n'; }
};

class TerminalView final : public LinesView {
public:
    using LinesView::LinesView;

private:
    /// Each of its lines; what else is there to steer a terminal is made harmless.
    void show_text(std::string_view text) const override {
        for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
            show_line(text.substr(0, end));
            text.remove_prefix(end + 1);
        }
        show_line(text);
    }
    void show_line(std::string_view line) const {
        std::cout << console().coloured(Colour::Active, "< ") << printable(line) << '\n';
    }
};

class BytesView final : public TextView {
public:
    using TextView::TextView;
    void show_message(const ChannelMessage& message) override { std::cout << message.bytes; }
};

class JsonView final : public SocketView {
public:
    explicit JsonView(TaskId task) : task_(task) {}

    void show_opened(const std::string& subprotocol) override {
        show("opened", {{"subprotocol", subprotocol}});
    }
    void show_message(const ChannelMessage& message) override {
        if (message.type == Type::Text)
            show("message", {{"type", std::string("text")}, {"text", std::string(message.bytes)}});
        else
            show("message",
                 {{"type", std::string("binary")},
                  {"data", std::vector<std::uint8_t>(message.bytes.begin(), message.bytes.end())}});
    }
    void show_closed(const Closed& closed) override {
        show("closed", {{"code", std::uint64_t{static_cast<std::uint16_t>(closed.code)}},
                        {"close-reason", closed.reason},
                        {"clean", closed.clean}});
    }
    void show_standstill(const std::string& why) override { show("waiting", {{"error-text", why}}); }
    void show_end(const TaskDetails& details) override {
        Values values{{"url", details.url}};
        if (!details.error.empty()) values["error"] = details.error;
        if (!details.error_text.empty()) values["error-text"] = details.error_text;
        if (details.status) values["status"] = *details.status;
        show(details.state == TaskState::Finished ? "completed" : to_string(details.state), values);
    }

private:
    void show(std::string_view type, Values details) const {
        const Event event{
            .number = {},
            .task = task_,
            .type = std::string(type),
            .time = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()),
            .details = std::move(details)};
        auto json = to_json(event);
        json.erase("seq");
        std::cout << to_line(json) << '\n';
    }

    TaskId task_;
};

}  // namespace

std::unique_ptr<SocketView> make_socket_view(const Console& console, TaskId task, MessageStyle style,
                                             Talk talk) {
    switch (style) {
        case MessageStyle::Lines:
            return std::make_unique<LinesView>(console, talk);
        case MessageStyle::Terminal:
            return std::make_unique<TerminalView>(console, talk);
        case MessageStyle::Bytes:
            return std::make_unique<BytesView>(console, talk);
        case MessageStyle::Json:
            return std::make_unique<JsonView>(task);
    }
    return nullptr;
}

}  // namespace haul::cli
