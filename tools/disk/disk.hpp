// `exo disk`: makes, shows, checks and exports disk images, with the code that uses them in the machine.
#pragma once

#include <span>
#include <string>

namespace exo::tool {

int disk_main(std::span<const std::string> words);

} // namespace exo::tool
