// Patterns of KEYS, SCAN and PSUBSCRIBE: * ? [a-z] [^a] and \ before what is meant as it stands.
#pragma once

#include <string_view>

namespace exo::kv {

enum class LetterCase : bool { Distinct, Same };

// Every pattern ends in bounded time: as many steps as it has stars, times the text. An empty text is matched by the
// empty pattern alone: commands to which "*" means everything look for that themselves.
bool matches_pattern(std::string_view pattern, std::string_view text, LetterCase letters = LetterCase::Distinct);

} // namespace exo::kv
