// The memory orderings of drivers/register-access/barriers.hpp under the names that virtio code uses.
#pragma once

#include "drivers/register-access/barriers.hpp"

namespace exo::virtio {

using exo::after_completion;
using exo::before_doorbell;
using exo::between_publishing_and_looking;
using exo::load_shared;
using exo::store_shared;

} // namespace exo::virtio
