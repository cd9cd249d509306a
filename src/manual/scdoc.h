#pragma once

#include <string>
#include <string_view>

// Pieces of a man page as scdoc(5) takes them.
namespace headroom::manual {

std::string plain(std::string_view text);  // nothing in it is a mark
std::string bold(std::string_view text);   // plain text
// Text with its marks, in lines that are short enough for whoever reads the source.
std::string wrapped(std::string_view text, std::string_view indent);
std::string page(std::string_view name, int section, std::string_view version);
std::string heading(std::string_view title);
// Paragraphs of plain text; "  TERM  meaning" and lines that are indented further are definitions.
std::string paragraphs(std::string_view text);
std::string literal(std::string_view text);  // lines as they are
// A command's name as a heading, how it is called, and its line of summary.
std::string command_heading(std::string_view name, const std::string& synopsis, std::string_view summary);
// A term and, indented below it, what it means.
std::string definition(const std::string& term, const std::string& meaning);

}  // namespace headroom::manual
