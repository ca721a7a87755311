// What the kernel has to know of virtio functions, though it drives none of them. Private to exokernel/device.
#pragma once

#include "drivers/pci/config_space.hpp"

namespace exo {

bool is_virtio(const pci::ConfigSpace& config);

// True for one that does not offer VIRTIO_F_ACCESS_PLATFORM: its host reads and writes memory by physical
// address, whatever the IOMMU says, so it can be lent to nobody.
bool bypasses_iommu(const pci::ConfigSpace& config);

// Device reset by its status register (virtio 1.2, 2.4), for functions without a reset of PCI's own: it forgets its
// queues and drops its interrupts. False when it cannot be asked or does not answer.
bool reset_virtio(const pci::ConfigSpace& config);

} // namespace exo
