#include "bus/event_page.hpp"

#include <map>
#include <memory>
#include <string>

#include "base/log.hpp"
#include "bus/values.hpp"

namespace haul::bus {
namespace {

struct UnrefMessage {
    void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Message = std::unique_ptr<sd_bus_message, UnrefMessage>;

/// Writes into a message; what fails once makes the rest of no use.
class Writer {
public:
    explicit Writer(sd_bus_message* message) : message_(message) {}

    bool is_good() const { return is_good_; }
    void open(char type, const char* contents) {
        note(sd_bus_message_open_container(message_, type, contents));
    }
    void close() { note(sd_bus_message_close_container(message_)); }
    void basic(char type, const void* value) { note(sd_bus_message_append_basic(message_, type, value)); }
    void text(const std::string& value) { basic('s', value.c_str()); }

    // A value as a variant's contents, behind its type.
    void variant(bool value) { number("b", 'b', static_cast<int>(value)); }
    void variant(std::uint16_t value) { number("q", 'q', value); }
    void variant(std::uint32_t value) { number("u", 'u', value); }
    void variant(std::uint64_t value) { number("t", 't', value); }
    void variant(std::int64_t value) { number("x", 'x', value); }
    void variant(double value) { number("d", 'd', value); }
    void variant(const std::string& value) {
        open('v', "s");
        text(value);
        close();
    }
    void variant(const Blob& value) {
        open('v', "ay");
        note(sd_bus_message_append_array(message_, 'y', value.data(), value.size()));
        close();
    }
    void variant(const std::vector<std::uint64_t>& value) {
        open('v', "at");
        note(sd_bus_message_append_array(message_, 't', value.data(), value.size() * sizeof value[0]));
        close();
    }
    void variant(const std::vector<std::string>& value) {
        open('v', "as");
        open('a', "s");
        for (const auto& word : value) text(word);
        close();
        close();
    }
    void variant(const std::map<std::string, std::string>& entries) {
        open('v', "a{ss}");
        open('a', "{ss}");
        for (const auto& [key, value] : entries) {
            open('e', "ss");
            text(key);
            text(value);
            close();
        }
        close();
        close();
    }
    void variant(const FormParts& parts) {
        open('v', "aa{sv}");
        open('a', "a{sv}");
        for (const auto& part : parts) {
            open('a', "{sv}");
            for (const auto& [key, value] : part) entry(key, value);
            close();
        }
        close();
        close();
    }
    void entry(const std::string& key, const auto& value) {
        open('e', "sv");
        text(key);
        variant(value);
        close();
    }

private:
    template <class T>
    void number(const char* contents, char type, T value) {
        open('v', contents);
        basic(type, &value);
        close();
    }
    void note(int outcome) { is_good_ = is_good_ && outcome >= 0; }

    sd_bus_message* message_;
    bool is_good_ = true;
};

void write(Writer& writer, const model::Event& event) {
    writer.open('r', "ttsxa{sv}");
    writer.basic('t', &event.number.value);
    writer.basic('t', &event.task.value);
    writer.text(std::string{model::to_word(event.type)});
    auto time = to_usec(event.time);
    writer.basic('x', &time);
    writer.open('a', "{sv}");
    for (const auto& field : event.details)
        std::visit([&](const auto& value) { writer.entry(field.key, value); }, field.value);
    writer.close();
    writer.close();
}

/// The whole reply; nullptr where there is no memory for it, or a value that no message may hold.
Message make_reply(sd_bus_message* call, const std::vector<model::Event>& events) {
    sd_bus_message* raw = nullptr;
    if (sd_bus_message_new_method_return(call, &raw) < 0) return nullptr;
    Message reply{raw};
    Writer writer{raw};
    writer.open('a', "(ttsxa{sv})");
    for (const auto& event : events) write(writer, event);
    writer.close();
    return writer.is_good() ? std::move(reply) : nullptr;
}

}  // namespace

void send_events(sd_bus_message* call, const Result<std::vector<model::Event>>& events) {
    auto reply = events ? make_reply(call, *events) : nullptr;
    if (reply && sd_bus_send(nullptr, reply.get(), nullptr) >= 0) return;
    auto error =
        to_bus_error(events ? Error{ErrorCode::JournalUnavailable, "the events can't be sent over the bus"}
                            : events.error());
    if (sd_bus_reply_method_errorf(call, error.getName().c_str(), "%s", error.getMessage().c_str()) < 0)
        log::debug("bus: nobody is there to be told: {}", error.getMessage());
}

}  // namespace haul::bus
