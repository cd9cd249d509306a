#include "admin/configuration.h"

#include "admin/response.h"
#include "text/json_object.h"

namespace headroom::admin {

Response get_config(AdminContext& context, const AdminCall&) {
  const auto configuration = context.configuration.get();
  JsonObject writer;
  writer.text_or_null("file", configuration->file);
  writer.begin_list("items");
  for (const Configuration::Key& key : configuration->keys) {
    writer.begin_item();
    writer.text("key", key.name);
    writer.text_or_null("value", key.value);
    writer.text_or_null("default", key.fallback);
    writer.flag("reloadable", key.reloadable);
    writer.end_object();
  }
  writer.end_list();
  writer.begin_object("secrets");
  for (const Configuration::SecretKept& secret : configuration->secrets) writer.flag(secret.name, secret.in_force);
  writer.end_object();
  writer.list("needs_restart", configuration->needs_restart);
  return json_response(200, writer.finish());
}

}  // namespace headroom::admin
