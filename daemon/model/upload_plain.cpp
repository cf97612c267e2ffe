// One request with the whole body; Auto also offers the server to make it resumable, as URLSession does.

#include "model/upload_draft.hpp"
#include "model/upload_protocols.hpp"
#include "model/upload_steps.hpp"

namespace haul::model {
namespace {

class PlainUpload : public UploadStrategy {
public:
    std::optional<UploadAsk> next(const UploadPlan& plan, const UploadState&, bool,
                                  const std::vector<std::uint32_t>&) const override {
        UploadAsk ask{.kind = UploadAsk::Kind::Create,
                      .method = plan.method,
                      .url = plan.url,
                      .body = Span{0, plan.size},
                      .is_last = true};
        if (!plan.content_type.empty()) ask.fields.push_back({"Content-Type", plan.content_type});
        return ask;
    }

    UploadVerdict judge(const UploadPlan& plan, const UploadAsk&, const UploadAnswer& answer,
                        UploadState& state) const override {
        return is_success(answer) ? finish_upload(plan, state) : judge_status(answer);
    }
};

class OfferingUpload final : public PlainUpload {
public:
    std::optional<UploadAsk> next(const UploadPlan& plan, const UploadState& state, bool is_known,
                                  const std::vector<std::uint32_t>& busy) const override {
        auto ask = PlainUpload::next(plan, state, is_known, busy);
        ask->fields = creation_fields(plan, Completeness::Complete);
        return ask;
    }

    bool on_interim(const UploadPlan& plan, const UploadAsk& asked, const UploadAnswer& answer,
                    UploadState& state) const override {
        return take_interim(plan, asked, answer, state);
    }

    /// The server may have taken up the offer in the meantime.
    UploadVerdict judge(const UploadPlan& plan, const UploadAsk& asked, const UploadAnswer& answer,
                        UploadState& state) const override {
        return state.protocol == UploadProtocol::Ietf ? ietf_upload().judge(plan, asked, answer, state)
                                                      : PlainUpload::judge(plan, asked, answer, state);
    }
};

}  // namespace

const UploadStrategy& plain_upload() {
    static const PlainUpload strategy;
    return strategy;
}

const UploadStrategy& offering_upload() {
    static const OfferingUpload strategy;
    return strategy;
}

}  // namespace haul::model
