#pragma once

#include "model/upload.hpp"

/// The protocols' strategies, for strategy_of alone.
namespace haul::model {

const UploadStrategy& plain_upload();          ///< upload_plain.cpp, of Off
const UploadStrategy& offering_upload();       ///< likewise, of Auto
const UploadStrategy& ietf_upload();           ///< upload_ietf.cpp
const UploadStrategy& tus_upload();            ///< upload_tus.cpp
const UploadStrategy& content_range_upload();  ///< upload_content_range.cpp
const UploadStrategy& s3_upload();             ///< upload_s3.cpp

}  // namespace haul::model
