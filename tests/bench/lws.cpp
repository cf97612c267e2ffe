// The same conversation with an echo server as channel.cpp has, on bare libwebsockets.
#include <libwebsockets.h>

#include <optional>
#include <string>
#include <vector>

#include "conversation.hpp"
#include "load.hpp"

namespace haul::bench {
namespace {

struct Session {
    const Conversation* conversation = nullptr;
    std::vector<unsigned char> out;  // LWS_PRE bytes for the library, then a message, which it masks in place
    std::optional<Stopwatch> stopwatch;
    std::uint64_t sent = 0;
    std::uint64_t back = 0;
    bool is_over = false;
};

void send_next(lws* connection, Session& session) {
    const auto& asked = *session.conversation;
    if (session.sent == asked.messages || session.sent - session.back >= asked.in_flight) return;
    if (lws_write(connection, &session.out[LWS_PRE], asked.size, LWS_WRITE_BINARY) < 0) fail("lws_write");
    ++session.sent;
    lws_callback_on_writable(connection);
}

void count_received(lws* connection, Session& session) {
    if (!lws_is_final_fragment(connection) || lws_remaining_packet_payload(connection) > 0) return;
    ++session.back;
    session.is_over = session.back == session.conversation->messages;
    lws_callback_on_writable(connection);
}

int on_news(lws* connection, lws_callback_reasons reason, void*, void*, size_t) {
    auto* session = static_cast<Session*>(lws_context_user(lws_get_context(connection)));
    switch (reason) {
        case LWS_CALLBACK_CLIENT_ESTABLISHED:
            session->stopwatch.emplace();
            lws_callback_on_writable(connection);
            break;
        case LWS_CALLBACK_CLIENT_WRITEABLE:
            send_next(connection, *session);
            break;
        case LWS_CALLBACK_CLIENT_RECEIVE:
            count_received(connection, *session);
            break;
        case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        case LWS_CALLBACK_CLIENT_CLOSED:
            if (!session->is_over) fail("the connection has ended");
            break;
        default:
            break;
    }
    return 0;
}

/// Of ws://127.0.0.1:PORT/PATH.
struct Place {
    int port = 0;
    std::string path;
};

Place parse_place(const std::string& url) {
    const std::string start = "ws://127.0.0.1:";
    const auto slash = url.find('/', start.size());
    if (!url.starts_with(start) || slash == std::string::npos) fail("no URL of this machine: " + url);
    return {std::stoi(url.substr(start.size(), slash - start.size())), url.substr(slash)};
}

void talk_over_lws(const Conversation& conversation) {
    lws_set_log_level(LLL_ERR, nullptr);
    Session session;
    session.conversation = &conversation;
    session.out.resize(LWS_PRE + conversation.size);
    lws_protocols protocols[2] = {};
    protocols[0].name = "echo";
    protocols[0].callback = on_news;
    protocols[0].rx_buffer_size = 64 << 10;
    lws_context_creation_info made = {};
    made.port = CONTEXT_PORT_NO_LISTEN;
    made.protocols = protocols;
    made.user = &session;
    made.pt_serv_buf_size = 64 << 10;
    auto* context = lws_create_context(&made);
    if (!context) fail("lws_create_context");
    const auto place = parse_place(conversation.url);
    lws_client_connect_info target = {};
    target.context = context;
    target.address = "127.0.0.1";
    target.host = "127.0.0.1";
    target.origin = "127.0.0.1";
    target.port = place.port;
    target.path = place.path.c_str();
    target.local_protocol_name = "echo";
    if (!lws_client_connect_via_info(&target)) fail("lws_client_connect_via_info");
    while (!session.is_over && lws_service(context, 0) >= 0) {
    }
    session.stopwatch->report(conversation.messages);
    lws_context_destroy(context);
}

}  // namespace
}  // namespace haul::bench

int main(int argc, char** argv) {
    using namespace haul::bench;
    talk_over_lws(parse_conversation(argc, argv));
}
