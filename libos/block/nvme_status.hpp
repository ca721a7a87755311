// How an NVMe controller's word on a command reads for those above. (NVMe 1.4, 4.6.1.2)
#pragma once

#include "drivers/nvme/spec.hpp"
#include "libos/block/device.hpp"

namespace exo::block {

inline Status status_of(std::uint16_t said) {
    namespace code = nvme::status_code;
    const auto what = static_cast<std::uint16_t>(said & code::mask);
    switch (what) {
    case code::success:
        return Status::Done;
    case code::out_of_range:
        return Status::OutOfRange;
    case code::aborted_on_request:
    case code::aborted_with_queue:
        return Status::Aborted;
    case code::transfer_error:
    case code::internal_error:
        return Status::MediumError;
    }
    return code::is_media(what) ? Status::MediumError : Status::Refused;
}

} // namespace exo::block
