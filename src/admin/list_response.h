#pragma once

#include <string>
#include <vector>

#include "admin/json.h"
#include "admin/query.h"
#include "admin/response.h"
#include "headroom/page.h"

namespace headroom::admin {

// A page of a list, each row as `render` shows it.
template <typename T, typename Render>
Response list_response(const AdminQuery& query, const Page<T>& page, const Render& render) {
  std::vector<std::string> items;
  items.reserve(page.items.size());
  for (const T& item : page.items) items.push_back(render(item));
  return json_response(200, list_json(items, query.cursor_behind(page)));
}

}  // namespace headroom::admin
