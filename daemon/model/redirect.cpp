#include "model/redirect.hpp"

#include "model/limits.hpp"
#include "model/url.hpp"

namespace haul::model {

RedirectRule judge_redirect(std::string_view from, std::string_view target, std::uint32_t hop,
                            const RedirectLimits& limits) {
    auto here = parse_url(from);
    auto there = parse_url(target);
    if (limits.policy == RedirectPolicy::Deny)
        return {.why_not = "the server redirects, and the task does not allow it"};
    if (!here || !there)
        return {.why_not = "the server redirects to what can't be fetched: " +
                           (there ? std::string{"an unusable URL"} : there.error().message)};
    if (hop > limits.most)
        return {.why_not = "the server redirects more than " + std::to_string(limits.most) + " times"};
    if (here->scheme == "https" && there->scheme == "http" && !limits.may_downgrade)
        return {.why_not = "the server redirects from https to http"};
    bool same_origin = here->origin() == there->origin();
    if (limits.policy == RedirectPolicy::SameOrigin && !same_origin)
        return {.why_not = "the server redirects to another origin, and the task does not allow it"};
    return {.follow = true, .same_origin = same_origin, .why_not = {}};
}

bool becomes_get(std::uint16_t status, std::string_view method) {
    if (status == 303) return !method.empty() && method != "GET" && method != "HEAD";
    return (status == 301 || status == 302) && method == "POST";
}

}  // namespace haul::model
