# scdoc writes paragraphs that are empty and titles that mandoc finds too small. Whoever reads the page sees the same.
/^\.TH / { sub(/"[^"]*"/, toupper(substr($2, 1))); print; paragraph = 0; heading = 1; next }
/^\.(SH|SS) / { print; paragraph = 0; heading = 1; next }
/^\.P$/ { paragraph = !heading; next }
/^\.RE$/ { print; paragraph = 1; heading = 0; next }
{ if (paragraph) print ".P"; print; paragraph = heading = 0 }
