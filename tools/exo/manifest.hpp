// The boot manifest: the text by which the host tells the steward which program to start with which resources.
// One directive a line; the table of directives is in steward/README.md, which reads it.
#pragma once

#include "tools/exo/options.hpp"

#include <string>
#include <string_view>

namespace exo::tool {

// Every byte outside the printable ASCII range, the blank and '%' become %XX, so that a word is one word.
std::string percent_encode(std::string_view text);

// `program` is the archive name of the program, such as bin/hello.
std::string write_manifest(const RunOptions& options, std::string_view program);

// The mount tag of share number `index`: share, share1, share2, ...
std::string share_tag(std::size_t index);

} // namespace exo::tool
