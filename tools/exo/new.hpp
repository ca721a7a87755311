// `exo new libos PATH`: a folder with a library OS of one's own, made from examples/libos-echo.
#pragma once

#include <span>
#include <string>

namespace exo::tool {

int new_main(std::span<const std::string> words);

} // namespace exo::tool
