// See shell_words.hpp.
#include "bench/harness/shell_words.hpp"

namespace bench {

std::vector<std::string> split_shell_words(std::string_view line) {
    std::vector<std::string> words;
    std::string word;
    bool in_word = false;
    char quote = '\0';
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char letter = line[i];
        const bool blank = letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r';
        if (quote == '\0' && blank) {
            if (in_word)
                words.push_back(word);
            word.clear();
            in_word = false;
            continue;
        }
        in_word = true;
        if (letter == quote)
            quote = '\0';
        else if (quote == '\0' && (letter == '\'' || letter == '"'))
            quote = letter;
        else if (letter == '\\' && quote != '\'' && i + 1 < line.size())
            word += line[i + 1] == '\n' ? std::string() : std::string(1, line[i + 1]), ++i;
        else
            word += letter;
    }
    if (quote != '\0')
        return {};
    if (in_word)
        words.push_back(word);
    return words;
}

} // namespace bench
