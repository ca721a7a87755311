// The few SVG elements that the plots are made of. Geometry is in user units.
#pragma once

#include <format>
#include <string>
#include <string_view>

namespace bench {

inline std::string svg_escaped(std::string_view text) {
    std::string safe;
    for (const char letter : text)
        safe += letter == '<'   ? "&lt;"
                : letter == '>' ? "&gt;"
                : letter == '&' ? "&amp;"
                : letter == '"' ? "&quot;"
                                : std::string(1, letter);
    return safe;
}

inline std::string svg_text(double x, double y, std::string_view style, std::string_view content) {
    return std::format("<text x=\"{:.1f}\" y=\"{:.1f}\" {}>{}</text>\n", x, y, style, svg_escaped(content));
}

inline std::string svg_line(double x1, double y1, double x2, double y2, std::string_view style) {
    return std::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {}/>\n", x1, y1, x2, y2, style);
}

inline std::string svg_begin(double width, double height) {
    return std::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
                       "font-family=\"sans-serif\" font-size=\"12\">\n"
                       "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
                       width, height);
}

} // namespace bench
