// Devices that say they go around the IOMMU. Private to exokernel/device.
#pragma once

#include "drivers/pci/config_space.hpp"

namespace exo {

// True for a virtio function that does not offer VIRTIO_F_ACCESS_PLATFORM: its host reads and writes memory
// by physical address, whatever the IOMMU says, so it can be lent to nobody.
bool bypasses_iommu(const pci::ConfigSpace& config);

} // namespace exo
